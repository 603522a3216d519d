package rules

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
		if got := PatternMatches(c.pattern, c.path); got != c.want {
			t.Errorf("%q matches %q = %v, want %v", c.pattern, c.path, got, c.want)
		}
	}
}

func TestALongPatternEndsInTime(t *testing.T) {
	t.Parallel()
	if PatternMatches(strings.Repeat("*a", 200)+"b", "/"+strings.Repeat("a", 5000)) {
		t.Error("a path without b matches a pattern that ends with b")
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
		{"/a?", "/ab", true},
		{"/*.jpg", "/images/*.jpg", true},
		{"/images/*", "/*.jpg", false},
		{"*", "*", true},
		{"/ws", "/ws/*", false},
		{"/w?", "/ws", true},
		{"/ws/?", "/ws/*", false},
		{"/ws/??", "/ws/*", false},
		{"/w.", "/ws", false},
	} {
		if got := PatternCovers(c.outer, c.inner); got != c.want {
			t.Errorf("PatternCovers(%q, %q) = %v, want %v", c.outer, c.inner, got, c.want)
		}
	}
}
