package main

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// hidden stands for what must not be printed.
const hidden = "…"

// longSegment is how long a segment of a path may be and still be printed whole:
// words and short ids are shorter, tokens and keys are longer.
const longSegment = 24

// redactURL spells a URL without its user, the values of its query string and long
// segments of its path. A parameter without "=" may itself be a token.
func redactURL(u *url.URL) string {
	var b strings.Builder
	b.WriteString(u.Scheme + "://")
	if u.User != nil {
		b.WriteString(hidden + "@")
	}
	b.WriteString(clean(u.Host))
	segments := strings.Split(u.EscapedPath(), "/")
	for i, segment := range segments {
		if len(segment) > longSegment {
			segments[i] = segment[:4] + hidden
		}
	}
	b.WriteString(clean(strings.Join(segments, "/")))
	if u.RawQuery == "" {
		return b.String()
	}
	return b.String() + "?" + hideValues(u.RawQuery)
}

// hideValues spells a query string without the values of its parameters. One without
// "=" may itself be a token.
func hideValues(query string) string {
	parameters := strings.Split(query, "&")
	for i, parameter := range parameters {
		parameters[i] = hidden
		if name, _, found := strings.Cut(parameter, "="); found && len(name) <= longSegment {
			parameters[i] = clean(name) + "=" + hidden
		}
	}
	return strings.Join(parameters, "&")
}

// redactText spells an argument that could be a URL or a header.
func redactText(text string) string {
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		return redactURL(u)
	}
	if strings.ContainsAny(text, ":=") || len(text) > 4*longSegment {
		return hidden
	}
	return clean(text)
}

// clean replaces control characters, with which an answer could drive the terminal.
func clean(text string) string {
	return strings.Map(func(c rune) rune {
		if c == unicode.ReplacementChar || !unicode.IsPrint(c) {
			return '·'
		}
		return c
	}, strings.ToValidUTF8(text, "·"))
}

// scrubber takes out of foreign text, such as an error page that repeats the
// request, whatever the user gave.
type scrubber struct{ secrets []string }

// newScrubber knows what o has that could be secret.
func newScrubber(o *probeOptions) *scrubber {
	s := &scrubber{}
	for _, u := range []*url.URL{o.URL, o.Direct} {
		if u == nil {
			continue
		}
		if u.User != nil {
			password, _ := u.User.Password()
			s.add(u.User.Username(), password)
		}
		for _, parameter := range strings.Split(u.RawQuery, "&") {
			name, value, found := strings.Cut(parameter, "=")
			if !found {
				value = name
			}
			s.add(value)
			if decoded, err := url.QueryUnescape(value); err == nil {
				s.add(decoded)
			}
		}
		for _, segment := range strings.Split(u.EscapedPath(), "/") {
			if len(segment) > longSegment {
				s.add(segment)
			}
		}
	}
	for name, values := range o.Header {
		for _, value := range values {
			s.add(value)
			switch http.CanonicalHeaderKey(name) {
			case "Authorization":
				_, credentials, _ := strings.Cut(value, " ")
				s.add(credentials)
			case "Cookie":
				for _, cookie := range strings.Split(value, ";") {
					_, secret, _ := strings.Cut(cookie, "=")
					s.add(strings.TrimSpace(secret))
				}
			}
		}
	}
	s.add(o.Subprotocol, o.Send)
	// The longest first: a secret may be a part of another.
	slices.SortFunc(s.secrets, func(a, b string) int { return len(b) - len(a) })
	return s
}

func (s *scrubber) add(secrets ...string) { s.secrets = append(s.secrets, secrets...) }

// foreign is text of an answer or an error that may be printed.
func (s *scrubber) foreign(text string) string { return s.without(text, 2) }

// own is text of this command, in which a short value that the user gave is more
// likely to be a word.
func (s *scrubber) own(text string) string { return s.without(text, 8) }

func (s *scrubber) without(text string, shortest int) string {
	for _, secret := range s.secrets {
		if len(secret) >= shortest {
			text = strings.ReplaceAll(text, secret, hidden)
		}
	}
	return clean(text)
}

// shownHeaders are the headers of an answer that tell who gave it; no others are
// printed. None of them is a credential.
var shownHeaders = []string{"Server", "Via", "X-Cache", "X-Amz-Cf-Pop", "X-Amz-Cf-Id", "X-Amzn-Errortype", "X-Amzn-Requestid", "X-Amz-Apigw-Id",
	"Apigw-Requestid", "X-Amzn-Waf-Action", "Content-Type", "Location", "Retry-After"}

// header returns the lines of the headers that are shown.
func (s *scrubber) header(h http.Header) []string {
	var lines []string
	for _, name := range shownHeaders {
		for _, value := range h.Values(name) {
			if name == "Location" {
				if u, err := url.Parse(value); err == nil && u.Host != "" {
					value = redactURL(u)
				} else {
					value, _, _ = strings.Cut(value, "?")
				}
			}
			lines = append(lines, strings.ToLower(name)+": "+short(s.foreign(value), 200))
		}
	}
	return lines
}

var (
	// unseen is what an HTML page does not show.
	unseen = regexp.MustCompile(`(?is)<(style|script|head)\b.*?</(style|script|head)>|<!--.*?-->`)
	tag    = regexp.MustCompile(`(?s)<[^>]*>`)
)

// body returns the first lines of an answer's body. Of an HTML page it is the text.
func (s *scrubber) body(body, contentType string) []string {
	if strings.Contains(contentType, "html") || strings.HasPrefix(strings.TrimSpace(body), "<!DOCTYPE HTML") {
		body = tag.ReplaceAllString(unseen.ReplaceAllString(body, ""), "\n")
	}
	var lines []string
	for _, line := range strings.Split(body, "\n") {
		line = strings.TrimSpace(strings.ReplaceAll(line, "\t", " "))
		if line == "" {
			continue
		}
		if lines = append(lines, short(s.foreign(line), 200)); len(lines) == 6 {
			break
		}
	}
	return lines
}

// short cuts text after n characters.
func short(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n]) + hidden
	}
	return text
}
