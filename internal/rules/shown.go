package rules

import "strings"

// Shown is a text that may be a URL as a message may show it: without user and
// password, query string and fragment, any of which may be a secret.
func Shown(text string) string {
	start := 0
	if i := strings.Index(text, "//"); i >= 0 {
		start = i + len("//")
	}
	if at := strings.LastIndex(text, "@"); at > start && !isPath(text[start:at]) {
		text = text[:start] + "***" + text[at:]
	}
	if i := strings.IndexAny(text, "?#"); i >= 0 && i+1 < len(text) {
		text = text[:i+1] + "***"
	}
	return text
}

// isPath reports whether what stands before an @ is a host and the start of a
// path, so that the @ is part of the path.
func isPath(before string) bool {
	host, _, found := strings.Cut(before, "/")
	return found && !strings.ContainsAny(host, ":@") && !strings.ContainsAny(before, "?#")
}
