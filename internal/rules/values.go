package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Between accepts an integer within a range.
func Between(n, lo, hi int) error {
	if n < lo || n > hi {
		return fmt.Errorf("must be from %d to %d, got %d", lo, hi, n)
	}
	return nil
}

// WholeSeconds accepts a number of whole seconds within a range.
func WholeSeconds(d, lo, hi time.Duration) error {
	if d < lo || d > hi || d%time.Second != 0 {
		got := strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
		return fmt.Errorf("must be whole seconds from %gs to %gs, got %ss", lo.Seconds(), hi.Seconds(), got)
	}
	return nil
}

// OneOf accepts one of a list of values.
func OneOf(value string, allowed []string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	if near, ok := Nearest(value, allowed); ok {
		return fmt.Errorf("must be one of %s, got %q; did you mean %q?", strings.Join(allowed, ", "), value, near)
	}
	return fmt.Errorf("must be one of %s, got %q", strings.Join(allowed, ", "), value)
}

func oneOf(allowed []string) func(string) error {
	return func(value string) error { return OneOf(value, allowed) }
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
