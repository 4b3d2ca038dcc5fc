#!/bin/bash
# Seedbed overlay "serial-shell": a root shell on the first serial port, at the end of the bootstrap and whenever the new system boots.
# Upstream opens one on the screen only (steps/improve/after.sh; /init as steps/improve/make_bootable.sh writes it).
# Arguments are for tests: the tty and the init to change.

tty=${1:-/dev/ttyS0}
init=${2:-/init}
prompt='\w # '

if ! [ -c "${tty}" ]; then
    echo "Seedbed: there is no ${tty}, so no serial shell"
    exit 0
fi

# Before the line that opens the shell on the screen and waits for its end. setsid makes a session that the tty can belong to: job control works.
marker='# Seedbed: a shell on the serial port too'
if [ -f "${init}" ] && ! grep -qF "${marker}" "${init}"; then
    lines=$(mktemp)
    cat > "${lines}" <<- END
${marker}
(while true; do
    setsid bash -c 'export PATH=/usr/bin TERM=vt100 PS1="${prompt}"; exec bash -i < ${tty} > ${tty} 2>&1'
    sleep 1
done) &
END
    before=$(grep -n 'openvt' "${init}" | head -n 1 | cut -d: -f1)
    if [ -n "${before}" ]; then
        { head -n "$((before - 1))" "${init}"; cat "${lines}"; tail -n "+${before}" "${init}"; } > "${init}.new"
        chmod 755 "${init}.new"
        mv "${init}.new" "${init}"
    else
        echo "Seedbed: ${init} opens no shell, so it was left as it is"
    fi
    rm -f "${lines}"
fi

echo "Seedbed: the bootstrap is complete. A root shell follows on ${tty}; type exit to go on to power off." > "${tty}"
setsid bash -c "export PATH=/usr/bin TERM=vt100 PS1='${prompt}'; exec bash -i < ${tty} > ${tty} 2>&1"
exit 0
