package cloudfront

import "testing"

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
