package rules

import "strings"

// MaxPattern is how long a path pattern may be (CloudFront API Reference,
// "CacheBehavior").
const MaxPattern = 255

// PatternMatches says whether a CloudFront path pattern applies to a path: * is
// any text, ? exactly one character, the leading slash is optional and case counts
// (CloudFront Developer Guide, "Path pattern"). A pattern that is too long applies to
// none.
func PatternMatches(pattern, path string) bool {
	if len(pattern) > MaxPattern {
		return false
	}
	return WildcardMatches(strings.TrimPrefix(pattern, "/"), strings.TrimPrefix(path, "/"))
}

// WildcardMatches says whether a pattern applies to a text: * is any text, ? exactly
// one character, as in path patterns and in the resources of IAM policies.
func WildcardMatches(pattern, path string) bool {
	// Greedy matching with one point to go back to: linear in the usual case
	// and never worse than pattern times path.
	p, s, star, mark := 0, 0, -1, 0
	for s < len(path) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, s
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == path[s]):
			p++
			s++
		case star >= 0:
			mark++
			p, s = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// PatternCovers says whether every path that inner matches is matched by outer as
// well. It tries inner with its wildcards filled by a character that no pattern
// names, which only a wildcard of outer can match, at several lengths.
func PatternCovers(outer, inner string) bool {
	if len(inner) > MaxPattern {
		return false
	}
	// Most pairs differ before either has a wildcard. A distribution may have
	// thousands of behaviors, each of which is compared with each.
	a, b := strings.TrimPrefix(outer, "/"), strings.TrimPrefix(inner, "/")
	for i := range min(len(a), len(b)) {
		if a[i] == '*' || a[i] == '?' || b[i] == '*' || b[i] == '?' {
			break
		}
		if a[i] != b[i] {
			return false
		}
	}
	for _, text := range []string{"", "\x00", "\x00\x00"} {
		if !PatternMatches(outer, strings.NewReplacer("*", text, "?", "\x00").Replace(inner)) {
			return false
		}
	}
	return true
}
