//go:build unix

package main

import (
	"syscall"
	"time"
)

// reapOrphans waits for the processes that the last command left behind, for a
// while: one that stays is a daemon.
func reapOrphans() {
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); {
		pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return // there are none
		case pid == 0:
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// childrenCPU is the time of all children that have been waited for, and of
// theirs.
func childrenCPU() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &usage); err != nil {
		panic(err) // never, with these arguments
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
