package handshake

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ConnectEvent is the event of the $connect route as a Lambda function sees it:
// API Gateway Developer Guide, "Manage connected users and client apps: $connect
// and $disconnect routes". Its JSON has the field names that Lambda gets. Only
// $connect has headers and query strings; there is no path.
type ConnectEvent struct {
	Headers                         map[string]string   `json:"headers"`
	MultiValueHeaders               map[string][]string `json:"multiValueHeaders"`
	QueryStringParameters           map[string]string   `json:"queryStringParameters,omitempty"`
	MultiValueQueryStringParameters map[string][]string `json:"multiValueQueryStringParameters,omitempty"`
	RequestContext                  RequestContext      `json:"requestContext"`
	IsBase64Encoded                 bool                `json:"isBase64Encoded"`
}

// RequestContext is the requestContext of a [ConnectEvent].
type RequestContext struct {
	RouteKey          string   `json:"routeKey"`
	EventType         string   `json:"eventType"`
	ExtendedRequestID string   `json:"extendedRequestId"`
	RequestTime       string   `json:"requestTime"`
	MessageDirection  string   `json:"messageDirection"`
	Stage             string   `json:"stage"`
	ConnectedAt       int64    `json:"connectedAt"`
	RequestTimeEpoch  int64    `json:"requestTimeEpoch"`
	Identity          Identity `json:"identity"`
	RequestID         string   `json:"requestId"`
	DomainName        string   `json:"domainName"`
	ConnectionID      string   `json:"connectionId"`
	APIID             string   `json:"apiId"`
}

// Identity is the identity of a [RequestContext]. Behind CloudFront SourceIP is
// an address of CloudFront; the viewer's is the first of X-Forwarded-For.
type Identity struct {
	SourceIP  string `json:"sourceIp"`
	UserAgent string `json:"userAgent,omitempty"`
}

// Header returns the value of a header in any case, "" when there is none.
func (e *ConnectEvent) Header(name string) string {
	for n, v := range e.Headers {
		if strings.EqualFold(n, name) {
			return v
		}
	}
	return ""
}

// connectEvent makes the event of a handshake that came to $connect.
func connectEvent(a *api, stage string, q *apiRequest, id string, now time.Time) *ConnectEvent {
	e := &ConnectEvent{
		Headers:           map[string]string{},
		MultiValueHeaders: map[string][]string{},
		RequestContext: RequestContext{
			RouteKey: "$connect", EventType: "CONNECT", MessageDirection: "IN", Stage: stage,
			ExtendedRequestID: id, RequestID: id, ConnectionID: id, APIID: strings.Split(a.host, ".")[0],
			RequestTime: now.UTC().Format("02/Jan/2006:15:04:05 +0000"), ConnectedAt: now.UnixMilli(),
			RequestTimeEpoch: now.UnixMilli(), DomainName: q.host,
			Identity: Identity{SourceIP: q.peer, UserAgent: q.header.Get("User-Agent")},
		},
	}
	for name, values := range q.header {
		switch name {
		case "Connection", "Upgrade", "X-Forwarded-For":
			continue
		}
		name = eventHeader(name)
		e.Headers[name] = values[len(values)-1]
		e.MultiValueHeaders[name] = values
	}
	forwarded := append(q.header.Values("X-Forwarded-For"), q.peer)
	for name, value := range map[string]string{"Host": q.host, "X-Forwarded-For": strings.Join(forwarded, ", "),
		"X-Forwarded-Port": "443", "X-Forwarded-Proto": "https"} {
		e.Headers[name] = value
		e.MultiValueHeaders[name] = []string{value}
	}
	for _, pair := range splitQuery(q.query) {
		name, value := unescape(pair.name), unescape(pair.value)
		if e.QueryStringParameters == nil {
			e.QueryStringParameters = map[string]string{}
			e.MultiValueQueryStringParameters = map[string][]string{}
		}
		e.QueryStringParameters[name] = value
		e.MultiValueQueryStringParameters[name] = append(e.MultiValueQueryStringParameters[name], value)
	}
	return e
}

// eventHeader is a header's name as AWS writes it: Go's canonical form of
// Sec-WebSocket-* is Sec-Websocket-*.
func eventHeader(name string) string {
	if rest, ok := strings.CutPrefix(name, "Sec-Websocket-"); ok {
		return "Sec-WebSocket-" + rest
	}
	return name
}

func unescape(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// pair is one query string parameter, as it came.
type pair struct {
	name, value string
	// bare says that there is no equals sign.
	bare bool
}

func splitQuery(raw string) []pair {
	var pairs []pair
	for _, part := range strings.Split(raw, "&") {
		if part == "" {
			continue
		}
		name, value, found := strings.Cut(part, "=")
		pairs = append(pairs, pair{name, value, !found})
	}
	return pairs
}

func joinQuery(pairs []pair) string {
	parts := make([]string, len(pairs))
	for i, p := range pairs {
		parts[i] = p.name
		if !p.bare {
			parts[i] += "=" + p.value
		}
	}
	return strings.Join(parts, "&")
}

// splitCookies reads the pairs of the Cookie headers.
func splitCookies(h http.Header) []pair {
	var pairs []pair
	for _, line := range h.Values("Cookie") {
		for _, part := range strings.Split(line, ";") {
			part = strings.TrimSpace(part)
			if part == "" {
				continue
			}
			name, value, found := strings.Cut(part, "=")
			pairs = append(pairs, pair{name, value, !found})
		}
	}
	return pairs
}

func joinCookies(pairs []pair) string {
	parts := make([]string, len(pairs))
	for i, p := range pairs {
		parts[i] = joinQuery([]pair{p})
	}
	return strings.Join(parts, "; ")
}
