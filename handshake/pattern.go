package handshake

import "strings"

// matches says whether a CloudFront path pattern applies to a path: * is any
// text, ? exactly one character, the leading slash is optional and case
// counts (rule edge.path-pattern).
func matches(pattern, path string) bool {
	pattern = strings.TrimPrefix(pattern, "/")
	path = strings.TrimPrefix(path, "/")
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

// covers says whether every path that inner matches is matched by outer as
// well, as far as that can be told without trying paths: it is exact for an
// outer pattern whose only wildcards are * characters.
func covers(outer, inner string) bool {
	if strings.Contains(outer, "?") {
		return strings.TrimPrefix(outer, "/") == strings.TrimPrefix(inner, "/")
	}
	// A * of inner stands for any text, a ? for any character: take a character
	// that no pattern uses for both, so that only a * of outer can match it.
	probe := strings.NewReplacer("*", "\x00\x00", "?", "\x00").Replace(inner)
	return matches(outer, probe) && matches(outer, strings.ReplaceAll(strings.ReplaceAll(inner, "*", ""), "?", "\x00"))
}

// normalizePath is the path that CloudFront compares with path patterns: RFC
// 3986 normalization, with runs of slashes made one (rule edge.path-normalized).
func normalizePath(path string) string {
	path = decodeUnreserved(path)
	var kept []string
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		last := i == len(segments)-1
		switch {
		case segment == "..":
			if len(kept) > 0 {
				kept = kept[:len(kept)-1]
			}
			if last {
				kept = append(kept, "")
			}
		case segment == ".", segment == "":
			if last {
				kept = append(kept, "")
			}
		default:
			kept = append(kept, segment)
		}
	}
	return "/" + strings.Join(kept, "/")
}

// decodeUnreserved decodes percent-encoded letters, digits and -._~ and puts
// the hex digits of the others in upper case.
func decodeUnreserved(path string) string {
	if !strings.Contains(path, "%") {
		return path
	}
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] != '%' || i+2 >= len(path) {
			b.WriteByte(path[i])
			continue
		}
		high, low := unhex(path[i+1]), unhex(path[i+2])
		if high < 0 || low < 0 {
			b.WriteByte(path[i])
			continue
		}
		c := byte(high<<4 | low)
		if isUnreserved(c) {
			b.WriteByte(c)
		} else {
			b.WriteString(strings.ToUpper(path[i : i+3]))
		}
		i += 2
	}
	return b.String()
}

func isUnreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
