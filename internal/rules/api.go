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
	shown := Shown(raw)
	u, err := url.Parse(raw)
	switch {
	case raw == "":
		return Endpoint{}, fmt.Errorf("must be the URL of a WebSocket API, got none; write it as %s", form)
	case strings.Contains(raw, "@") && shown != raw && (err != nil || u.User != nil || u.Host == ""):
		return Endpoint{}, fmt.Errorf("must not carry a user or password, got %q; write it as %s", shown, form)
	case err != nil:
		return Endpoint{}, fmt.Errorf("must be a URL, got %q; write it as %s", shown, form)
	case u.Scheme == "ws" || u.Scheme == "http":
		return Endpoint{}, fmt.Errorf("must start with wss:// (or https://), got %q; API Gateway has no endpoint without TLS", shown)
	case u.Scheme != "wss" && u.Scheme != "https" || u.Host == "":
		return Endpoint{}, fmt.Errorf("must start with wss:// (or https://), got %q; write it as %s", shown, form)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(raw, "#"):
		return Endpoint{}, fmt.Errorf("must not carry a query string or fragment, got %q; drop it, viewers send their own (see forwarding)", shown)
	case strings.HasSuffix(u.Host, ":") || u.Port() != "" && u.Port() != "443":
		return Endpoint{}, fmt.Errorf("must not name a port, got %q; drop it, API Gateway listens on 443 only", shown)
	}
	e := Endpoint{Host: strings.ToLower(u.Hostname()), Path: strings.TrimSuffix(u.EscapedPath(), "/")}
	if err := OriginHost(e.Host); err != nil {
		return Endpoint{}, fmt.Errorf("has a bad host in %q: it %w", shown, err)
	}
	if m := executeAPI.FindStringSubmatch(e.Host); m != nil {
		e.APIID, e.Region = m[1], m[2]
		if e.Path == "" {
			return Endpoint{}, fmt.Errorf("must end in the stage, got %q; write %q", shown, "wss://"+e.Host+"/stage")
		}
		stage := strings.TrimPrefix(e.Path, "/")
		if first, _, more := strings.Cut(stage, "/"); more {
			return Endpoint{}, fmt.Errorf("must end in the stage, got %q; write %q, API Gateway answers 403 below it", shown, "wss://"+e.Host+"/"+first)
		}
		if err := StageName(stage); err != nil {
			return Endpoint{}, fmt.Errorf("has a bad stage in %q: it %w", shown, err)
		}
		return e, nil
	}
	if err := OriginPath(e.Path); err != nil {
		return Endpoint{}, fmt.Errorf("has a bad path in %q: it %w", shown, err)
	}
	return e, nil
}

// OriginHost accepts the host name of an API Gateway endpoint or of an API's
// custom domain name.
func OriginHost(host string) error {
	if err := HostName(host); err != nil {
		return err
	}
	host = strings.ToLower(host)
	m := executeAPI.FindStringSubmatch(host)
	switch {
	case strings.HasSuffix(host, ".cloudfront.net"):
		return fmt.Errorf("must be the API's own name, got %q, which is a CloudFront distribution; name the execute-api host or the API's custom domain name", host)
	case m != nil:
		return apiRegion(m[2])
	case regionalTarget.MatchString(host):
		return fmt.Errorf("must be the API's own name, got %q, which is what the DNS record of a custom domain name points to; write the custom domain name", host)
	case strings.Contains(host, ".execute-api."):
		return fmt.Errorf("must be an API's execute-api host, got %q; write it as id.execute-api.region.amazonaws.com", host)
	}
	return nil
}

// regionalTarget is the API Gateway domain name behind a custom one, which
// answers to the custom name only.
var regionalTarget = regexp.MustCompile(`^d-[a-z0-9]+\.execute-api\.`)

// apiRegion accepts the region of an API, which may be in a partition that has no
// CloudFront.
func apiRegion(name string) error {
	if govRegion.MatchString(name) {
		return nil
	}
	return Region(name)
}

var govRegion = regexp.MustCompile(`^us-gov-(east|west)-1$`)

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
		return fmt.Errorf("must be a stage name of 1 to %d letters, digits, hyphens and underscores, got %q", MaxStageName, name)
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
		return fmt.Errorf("must be a path of at most 255 characters, got %d; shorten it", len(path))
	}
	if !originPath.MatchString(path) {
		return fmt.Errorf("must be a path that starts with one slash and does not end in one, got %q; write one such as /prod", path)
	}
	return nil
}
