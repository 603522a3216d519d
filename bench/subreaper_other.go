//go:build unix && !linux

package main

// becomeSubreaper does nothing here: the time of a process that outlives its
// parent is not counted.
func becomeSubreaper() error { return nil }
