package rules

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// executeAPI is the host of an API's default endpoint. The dualstack endpoint
// of a region is under api.aws.
var executeAPI = regexp.MustCompile(`^([a-z0-9]+)\.execute-api\.([a-z0-9-]+)\.(amazonaws\.com|amazonaws\.com\.cn|api\.aws|api\.amazonwebservices\.com\.cn)$`)

// MaxStageName is how long the name of a stage may be.
const MaxStageName = 128

// MaxURL is how many characters of a URL API Gateway takes (API Gateway
// Developer Guide, "Quotas for configuring and running a WebSocket API").
const MaxURL = 4096

// stageName is what API Gateway takes as the name of a stage.
var stageName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// Endpoint is where a WebSocket API answers.
type Endpoint struct {
	// Host is the host name, in lower case.
	Host string
	// Path is "/" and the stage or the API mapping key, or empty for a custom
	// domain name without one. It never ends in a slash.
	Path string
	// APIID and Region are those of the default endpoint, empty for a custom
	// domain name.
	APIID, Region string
}

// ParseEndpoint takes the URL of a WebSocket API apart:
// wss://id.execute-api.region.amazonaws.com/stage, or wss://name[/key] for an
// API's custom domain name. The https scheme is accepted for the same address
// and a trailing slash is dropped.
//
// The path of the default endpoint is the stage and nothing else: API Gateway
// answers 403 to a path that goes past it (API Gateway Developer Guide,
// "Invoke WebSocket APIs").
func ParseEndpoint(raw string) (Endpoint, error) {
	const form = "wss://id.execute-api.region.amazonaws.com/stage"
	u, err := url.Parse(raw)
	shown := shownURL(raw)
	switch {
	case raw == "":
		return Endpoint{}, fmt.Errorf("must be the URL of a WebSocket API such as %s, got %q", form, raw)
	case err != nil:
		return Endpoint{}, fmt.Errorf("must be a URL such as %s, got %q: %w", form, shown, unwrapped(err))
	case u.Scheme == "ws" || u.Scheme == "http":
		return Endpoint{}, fmt.Errorf("must start with wss:// (or https://), got %q; API Gateway has no endpoint without TLS", shown)
	case u.Scheme != "wss" && u.Scheme != "https":
		return Endpoint{}, fmt.Errorf("must start with wss:// (or https://), got %q; write it as %s", shown, form)
	case u.User != nil:
		return Endpoint{}, fmt.Errorf("must not carry a user or password, got %q; drop them, API Gateway has none", shown)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(raw, "#"):
		return Endpoint{}, fmt.Errorf("must not carry a query string or fragment, got %q; viewers send their own, see forwarding", shown)
	case u.Port() != "" && u.Port() != "443":
		return Endpoint{}, fmt.Errorf("must not name a port, got %q; API Gateway listens on 443 only", raw)
	}
	e := Endpoint{Host: strings.ToLower(u.Hostname()), Path: strings.TrimSuffix(u.EscapedPath(), "/")}
	if err := originHost(e.Host); err != nil {
		return Endpoint{}, fmt.Errorf("has a bad host in %q: it %w", raw, err)
	}
	if m := executeAPI.FindStringSubmatch(e.Host); m != nil {
		e.APIID, e.Region = m[1], m[2]
		if e.Path == "" {
			return Endpoint{}, fmt.Errorf("must end in the stage, got %q; write %q", raw, "wss://"+e.Host+"/stage")
		}
		stage := strings.TrimPrefix(e.Path, "/")
		if first, _, more := strings.Cut(stage, "/"); more {
			return Endpoint{}, fmt.Errorf("goes past the stage, got %q; API Gateway answers 403 there, write %q", raw, "wss://"+e.Host+"/"+first)
		}
		if err := StageName(stage); err != nil {
			return Endpoint{}, fmt.Errorf("has a bad stage in %q: it %w", raw, err)
		}
		return e, nil
	}
	if err := OriginPath(e.Path); err != nil {
		return Endpoint{}, fmt.Errorf("has a bad path in %q: it %w", raw, err)
	}
	return e, nil
}

// OriginHost accepts the host name of an API Gateway endpoint or of an API's
// custom domain name.
func OriginHost(host string) error {
	return originHost(strings.ToLower(host))
}

func originHost(host string) error {
	if err := HostName(host); err != nil {
		return err
	}
	if strings.HasSuffix(host, ".cloudfront.net") {
		return fmt.Errorf("must be the API's own name, got %q, which is a CloudFront distribution; name the execute-api host or the API's custom domain name", host)
	}
	return nil
}

// ExecuteAPIRegion returns the region of an API's default endpoint, and whether
// host is one.
func ExecuteAPIRegion(host string) (string, bool) {
	m := executeAPI.FindStringSubmatch(strings.ToLower(host))
	if m == nil {
		return "", false
	}
	return m[2], true
}

// StageName accepts the name of a WebSocket API's stage.
func StageName(name string) error {
	if !stageName.MatchString(name) {
		return fmt.Errorf("must be a stage name of 1 to 128 letters, digits, hyphens and underscores, got %q", name)
	}
	return nil
}

// originPath is one path below the origin's root, without a trailing slash.
var originPath = regexp.MustCompile(`^(/[A-Za-z0-9._~!$&'()+,;=:@%-]+)*$`)

// OriginPath accepts what CloudFront puts in front of the viewer's path: empty,
// or a path that starts with a slash and does not end in one, of at most 255
// characters (CloudFront Developer Guide, "Origin path").
func OriginPath(path string) error {
	if len(path) > 255 {
		return fmt.Errorf("must be a path of at most 255 characters, got %d", len(path))
	}
	if !originPath.MatchString(path) {
		return fmt.Errorf("must be a path such as /prod, starting with one slash and not ending in one, got %q", path)
	}
	return nil
}
