package rules

import (
	"slices"
	"strings"
)

// edgeOwned are the headers that CloudFront removes or sets itself between viewer
// and origin (CloudFront Developer Guide, "Request and response behavior for custom
// origins").
var edgeOwned = []string{
	"connection", "upgrade", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
	"expect", "x-real-ip", "x-forwarded-proto", "content-length", "transfer-encoding", "via",
}

// EdgeOwned says whether CloudFront removes the viewer's header or sets its own.
func EdgeOwned(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains(edgeOwned, name) || strings.HasPrefix(name, "x-edge-") || strings.HasPrefix(name, "x-amz-cf-")
}

// NotListable says whether an origin request policy cannot list the header
// (CloudFront Developer Guide, "Control origin requests with a policy").
func NotListable(name string) bool {
	switch strings.ToLower(name) {
	case "authorization", "accept-encoding", "cookie":
		return true
	case "via":
		return false
	}
	return EdgeOwned(name)
}

// hiddenFromFunctions are the headers that edge functions do not see and may not
// add (CloudFront Developer Guide, "Restrictions on all edge functions").
var hiddenFromFunctions = []string{
	"connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "trailer", "upgrade",
	"x-accel-buffering", "x-accel-charset", "x-accel-limit-rate", "x-accel-redirect", "x-amzn-auth", "x-amzn-cf-billing",
	"x-amzn-cf-id", "x-amzn-cf-xff", "x-amzn-errortype", "x-amzn-fle-profile", "x-amzn-header-count", "x-amzn-header-order",
	"x-amzn-lambda-integration-tag", "x-amzn-requestid", "x-cache", "x-forwarded-proto", "x-real-ip",
}

// HiddenFromFunctions says whether edge functions neither see nor may add a header.
func HiddenFromFunctions(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains(hiddenFromFunctions, name) || strings.HasPrefix(name, "x-amz-cf-") || strings.HasPrefix(name, "x-edge-")
}

// ReadOnlyInFunctions says whether a viewer-request function may read a header and
// not change it (CloudFront Developer Guide, "Restrictions on all edge functions").
func ReadOnlyInFunctions(name string) bool {
	switch strings.ToLower(name) {
	case "content-length", "host", "transfer-encoding", "via":
		return true
	}
	return false
}
