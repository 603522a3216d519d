// Package spelling guesses which name a misspelled one was meant to be.
package spelling

import (
	"fmt"
	"slices"
	"strings"
)

// Closest is the candidate that a name was probably meant to be, "" when none is
// like it: it may differ by case, and by one letter in four.
func Closest(name string, candidates []string) string {
	best, least := "", 2+len(name)/4
	for _, candidate := range slices.Sorted(slices.Values(candidates)) {
		if d := edits(strings.ToLower(name), strings.ToLower(candidate)); candidate != name && d < least {
			best, least = candidate, d
		}
	}
	return best
}

// DidYouMean is the end of a message about a misspelled name: the candidate that it
// was probably meant to be, else all of them when they are few, else nothing.
func DidYouMean(name string, candidates []string) string {
	if best := Closest(name, candidates); best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	if n := len(candidates); n == 0 || n > 10 {
		return ""
	}
	return "; there is " + strings.Join(slices.Sorted(slices.Values(candidates)), ", ")
}

// edits counts the letters to insert, delete or replace to turn a into b.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
