package handshake

import (
	"strings"
	"testing"
)

func TestPathPatternsMatchAsCloudFrontDocuments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"*", "/", true},
		{"*", "/a/b", true},
		{"/ws", "/ws", true},
		{"ws", "/ws", true},
		{"/ws", "/ws/", false},
		{"/ws", "/WS", false},
		{"/ws/*", "/ws/", true},
		{"/ws/*", "/ws", false},
		{"/ws*", "/wsx/y", true},
		{"/images/*.jpg", "/images/product1/a.jpg", true},
		{"*.jpg", "/LOGO.JPG", false},
		{"/a??.jpg", "/ant.jpg", true},
		{"/a??.jpg", "/at.jpg", false},
		{"/*/rooms/*", "/v1/rooms/42", true},
		{"/*/rooms/*", "/rooms/42", false},
		{"/a*b*c", "/aXbYbZc", true},
		{"/a*b*c", "/aXbYbZ", false},
	} {
		if got := matches(c.pattern, c.path); got != c.want {
			t.Errorf("%q matches %q = %v, want %v", c.pattern, c.path, got, c.want)
		}
	}
}

func TestALongPatternEndsInTime(t *testing.T) {
	t.Parallel()
	if matches(strings.Repeat("*a", 200)+"b", "/"+strings.Repeat("a", 5000)) {
		t.Error("a path without b matches a pattern that ends with b")
	}
}

func TestPathsAreNormalizedBeforeTheyAreCompared(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/":               "/",
		"/ws":             "/ws",
		"/ws/":            "/ws/",
		"//ws///rooms":    "/ws/rooms",
		"/a/../ws":        "/ws",
		"/../../ws":       "/ws",
		"/ws/.":           "/ws/",
		"/a/..":           "/",
		"/%77s":           "/ws",
		"/a%2fb":          "/a%2Fb",
		"/%zz":            "/%zz",
		"/%":              "/%",
		"/%C3%A9/%7euser": "/%C3%A9/~user",
	} {
		if got := normalizePath(path); got != want {
			t.Errorf("normalizePath(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestOnePatternCoversAnother(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		outer, inner string
		want         bool
	}{
		{"*", "/ws", true},
		{"/*", "/ws/*", true},
		{"/ws*", "/ws/*", true},
		{"/ws/*", "/ws*", false},
		{"/ws", "/ws", true},
		{"/ws", "ws", true},
		{"/ws", "/ws/*", false},
		{"/a?", "/ab", false},
		{"/*.jpg", "/images/*.jpg", true},
		{"/images/*", "/*.jpg", false},
		{"*", "*", true},
	} {
		if got := covers(c.outer, c.inner); got != c.want {
			t.Errorf("covers(%q, %q) = %v, want %v", c.outer, c.inner, got, c.want)
		}
	}
}
