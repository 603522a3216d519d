package rules

import (
	"errors"
	"strings"
)

// shownURL is a URL, or what was meant as one, for a message: without user, password,
// query string and fragment, which may be secret.
func shownURL(raw string) string {
	if scheme, rest, found := strings.Cut(raw, "://"); found {
		if at := strings.LastIndex(rest, "@"); at >= 0 {
			raw = scheme + "://…" + rest[at:]
		}
	} else if at := strings.LastIndex(raw, "@"); at >= 0 {
		raw = "…" + raw[at:]
	}
	if i := strings.IndexAny(raw, "?#"); i >= 0 && i < len(raw)-1 {
		raw = raw[:i+1] + "…"
	}
	return raw
}

// unwrapped is the reason of a URL's error, which repeats the URL around it.
func unwrapped(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}
