package wire

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Pair is one query string parameter or cookie, as it came.
type Pair struct {
	Name, Value string
	// Bare says that there is no equals sign.
	Bare bool
}

// String is the pair as it came.
func (p Pair) String() string {
	if p.Bare {
		return p.Name
	}
	return p.Name + "=" + p.Value
}

func parsePair(text string) Pair {
	name, value, found := strings.Cut(text, "=")
	return Pair{name, value, !found}
}

// ParseQuery takes a query string apart; nothing is decoded.
func ParseQuery(raw string) []Pair {
	var pairs []Pair
	for part := range strings.SplitSeq(raw, "&") {
		if part != "" {
			pairs = append(pairs, parsePair(part))
		}
	}
	return pairs
}

// FormatQuery puts a query string together.
func FormatQuery(pairs []Pair) string { return join(pairs, "&") }

// Cookies are the pairs of the Cookie headers.
func Cookies(h http.Header) []Pair {
	var pairs []Pair
	for _, line := range h.Values("Cookie") {
		for part := range strings.SplitSeq(line, ";") {
			if part = strings.TrimSpace(part); part != "" {
				pairs = append(pairs, parsePair(part))
			}
		}
	}
	return pairs
}

// FormatCookies is the value of a Cookie header.
func FormatCookies(pairs []Pair) string { return join(pairs, "; ") }

func join(pairs []Pair, separator string) string {
	parts := make([]string, len(pairs))
	for i, p := range pairs {
		parts[i] = p.String()
	}
	return strings.Join(parts, separator)
}

// Names are the names of pairs, each once.
func Names(pairs []Pair) []string {
	seen := map[string]bool{}
	var names []string
	for _, p := range pairs {
		if !seen[p.Name] {
			seen[p.Name] = true
			names = append(names, p.Name)
		}
	}
	return names
}

// Values are the values of one name.
func Values(pairs []Pair, name string) []string {
	var values []string
	for _, p := range pairs {
		if p.Name == name {
			values = append(values, p.Value)
		}
	}
	return values
}

// Has says whether there is a pair of a name, decoded, with a value.
func Has(pairs []Pair, name string) bool {
	return slices.ContainsFunc(pairs, func(p Pair) bool { return Unescape(p.Name) == name && p.Value != "" })
}

// Unescape decodes percent-encoding and plus signs; text that cannot be decoded
// stays as it is.
func Unescape(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}
