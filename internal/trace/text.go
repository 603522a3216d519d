package trace

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Short is text as it stands in a message: at most 80 bytes.
func Short(text string) string { return cut(text, 80) }

// FirstLine is the first line of text, at most 200 bytes of it.
func FirstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return cut(line, 200)
}

func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	end := most - len("...")
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "..."
}

// List is names as they stand in a message.
func List(names []string) string {
	if len(names) == 0 {
		return "(none)"
	}
	return strings.Join(names, ", ")
}

// Printable is text without what a terminal acts on: control characters, escapes
// and marks that change the direction of writing become a question mark.
func Printable(text string) string {
	return strings.Map(func(c rune) rune {
		if c == utf8.RuneError || unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) || c == '\u2028' || c == '\u2029' {
			return '?'
		}
		return c
	}, text)
}
