#!/bin/bash
# Seedbed overlay "boot-menu": the new system's disk boots wherever it is attached. Upstream's menu names the disk as it was called during the
# bootstrap (root=/dev/sdb1 with two disks; steps/improve/make_bootable.sh), which is wrong as soon as the first disk is gone.
# Here GRUB finds the file system by its UUID, and Linux the partition by the disk's signature and the partition's number.
# Arguments are for tests: the menu, the configuration, the folder of devices.

menu=${1:-/boot/grub/grub.cfg}
configuration=${2:-/steps/bootstrap.cfg}
devices=${3:-/dev}

# The last DISK= counts: move_disk.sh appends the partition that it made.
. "${configuration}"
number=$(echo "${DISK}" | sed -E 's/^.*[^0-9]([0-9]+)$/\1/')
case "${DISK}" in
    *[0-9]p[0-9]*) physical=${DISK%p*} ;;
    *) physical=${DISK%"${number}"} ;;
esac

signature=$(dd if="${devices}/${physical}" bs=1 skip=440 count=4 2> /dev/null | od -An -v -tx1 | sed -E 's/^ *(..) (..) (..) (..).*$/\4\3\2\1/')
uuid=$(grub-probe -d "${devices}/${DISK}" -t fs_uuid)

if ! [ -f "${menu}" ] || [ -z "${uuid}" ] || ! echo "${signature}" | grep -Eq '^[0-9a-f]{8}$' || [ "${signature}" = 00000000 ]; then
    echo "Seedbed: the boot menu was left as it is: no menu, UUID or disk signature"
    exit 0
fi

sed -e "s|^\( *\)set root=.*|\1insmod ext2\n\1search --no-floppy --fs-uuid --set=root ${uuid}|" \
    -e "s|root=/dev/${DISK} |root=PARTUUID=${signature}-$(printf '%02x' "${number}") |" \
    "${menu}" > "${menu}.new"
mv "${menu}.new" "${menu}"
echo "Seedbed: the boot menu finds its disk by UUID ${uuid} and signature ${signature}"
