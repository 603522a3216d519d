package main

import "syscall"

const prSetChildSubreaper = 36

// becomeSubreaper has processes whose parents are gone, as the CDK's kernel can
// be, become children of this one, so that their time is counted.
func becomeSubreaper() error {
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, prSetChildSubreaper, 1, 0); errno != 0 {
		return errno
	}
	return nil
}
