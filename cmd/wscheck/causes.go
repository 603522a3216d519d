package main

import (
	"fmt"
	"net/http"
	"strings"
)

// causes lists what may be behind a refusal, by its status and headers, in the
// order in which to check.
func causes(status int, h http.Header) []string {
	generated := strings.Contains(strings.ToLower(h.Get("X-Cache")), "error from cloudfront")
	function := strings.Contains(strings.ToLower(h.Get("X-Cache")), "functiongeneratedresponse")
	gateway := h.Get("X-Amzn-Errortype") != "" || h.Get("X-Amzn-Requestid") != "" || h.Get("X-Amz-Apigw-Id") != ""
	switch {
	case function:
		return []string{"an edge function answered by itself: read its code and the body of the answer"}
	case status == 200:
		return []string{"a custom error response of the distribution put a page over the refusal: remove it from CustomErrorResponses and look again",
			"the path leads to another behavior, such as a site's: check the path patterns"}
	case status == http.StatusMovedPermanently, status == http.StatusTemporaryRedirect:
		return []string{"ws:// or http:// was redirected: connect with wss://",
			"the path leads to another behavior, which redirects: check the path patterns"}
	case status == http.StatusForbidden && gateway:
		return []string{"the viewer's Host reaches API Gateway: use AllViewerExceptHostHeader or a list without Host (prop Forwarding)",
			"the path goes past the stage, or the stage is missing or there twice: check OriginPath and the client's URL (props Origin, PathParameter)",
			"$connect asks for an API key and x-api-key is missing, wrong, disabled or in no usage plan of the stage",
			"the authorizer denied",
			"no WebSocket upgrade reached the API: Sec-WebSocket-* are not forwarded (prop Forwarding)"}
	case status == http.StatusForbidden:
		return []string{"the host name is not among the distribution's aliases, or the distribution is disabled",
			"the web ACL or the geo restriction blocks the client",
			"ws:// or plain HTTP was used while the viewer protocol policy is https-only",
			"the behavior asks for signed URLs, or does not allow GET",
			"the path leads to another behavior, such as a bucket's: check the path patterns"}
	case status == http.StatusUnauthorized:
		return []string{"an identity source of the authorizer did not reach $connect: forward its header, cookie or query string (prop Forwarding)",
			"the authorizer says Unauthorized: check the token"}
	case status == http.StatusUpgradeRequired:
		return []string{"the edge function saw no WebSocket upgrade: use a WebSocket client over HTTP/1.1"}
	case status == http.StatusBadRequest:
		return []string{"Sec-WebSocket-Key or -Version is not forwarded (prop Forwarding)",
			"the $connect integration answered 400, as for a subprotocol that it does not take",
			"the connection negotiated HTTP/2"}
	case status == http.StatusTooManyRequests:
		return []string{"the throttle or quota of the usage plan or of the stage: it holds for all connects together",
			"more than 500 new connections a second in the account and region"}
	case status == http.StatusRequestURITooLong:
		return []string{"the URL is longer than 4,096 characters"}
	case status == http.StatusBadGateway && generated:
		return []string{"CloudFront cannot reach the origin: the domain, https-only and TLSv1.2 (prop Origin)",
			"an edge function returned something invalid, or added a header that it may not add"}
	case status == http.StatusServiceUnavailable && generated:
		return []string{"an edge function threw, or took too long: see its log", "the function is throttled"}
	case status == http.StatusInternalServerError, status == http.StatusBadGateway:
		return []string{"the $connect integration failed: see its log", "a MOCK integration whose request template gives no statusCode"}
	case status == http.StatusGatewayTimeout:
		return []string{"$connect took longer than the origin read timeout (prop ReadTimeout)", "the origin does not answer on port 443"}
	case status == http.StatusNotFound:
		return []string{"the path leads to another origin: check the path patterns", "a custom error response put 404 over the refusal"}
	case status == 0:
		return []string{"the name does not resolve, or nothing answers there: check DNS and the network",
			"the certificate does not fit the name, or is not trusted"}
	}
	return []string{fmt.Sprintf("status %d is none that CloudFront or API Gateway is known to answer a handshake with: check what answers there (server: %s)",
		status, h.Get("Server"))}
}
