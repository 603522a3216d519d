package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// answers has the form of each symptom that is an answer, as it comes over the wire.
var answers = map[string]string{
	"101 that fails the handshake":                          "101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: wrong\nVia: 1.1 a.cloudfront.net (CloudFront)\n\n",
	"a web ACL's challenge":                                 "202 Accepted\nServer: CloudFront\nX-Amzn-Waf-Action: challenge\n\n",
	"the function's 400":                                    function("400 Bad Request", "Percent-encode what a URL cannot hold: # as %23, spaces, and all but ASCII."),
	"the function's 403":                                    function("403 Forbidden", "Pages of this origin may not connect here."),
	"the function's 414":                                    function("414 URI Too Long", "Path and query string are longer than API Gateway takes."),
	"the function's 426":                                    function("426 Upgrade Required", "This address speaks WebSocket."),
	"the function's redirect":                               function("302 Found", ""),
	"another answer of a function":                          function("451 Unavailable", "no"),
	"a Lambda@Edge function's redirect":                     lambda("302 Found"),
	"a Lambda@Edge function's 403":                          lambda("403 Forbidden"),
	"another answer of a Lambda@Edge function":              lambda("200 OK"),
	"a function that throws":                                cached("503 Service Unavailable", "FunctionExecutionError from cloudfront"),
	"a function that is throttled":                          cached("503 Service Unavailable", "FunctionThrottledError from cloudfront"),
	"a function that returns something invalid":             cached("502 Bad Gateway", "FunctionValidationError from cloudfront"),
	"a Lambda@Edge function that fails":                     cached("503 Service Unavailable", "LambdaExecutionError from cloudfront"),
	"a Lambda@Edge function that returns something invalid": cached("502 Bad Gateway", "LambdaValidationError from cloudfront"),
	"a Lambda@Edge function over its limit":                 cached("503 Service Unavailable", "LambdaLimitExceeded from cloudfront"),
	"a redirect":                                            "301 Moved Permanently\nLocation: https://www.example.com/\nVia: 1.1 a.cloudfront.net (CloudFront)\n\n",
	"a page":                                                "200 OK\nContent-Type: text/html\nServer: AmazonS3\nX-Cache: Error from cloudfront\n\n<!doctype html><title>App</title><div id=root>",
	"API Gateway's 400":                                     gatewaySays("400 Bad Request", "BadRequestException", "Bad Request"),
	"CloudFront's 400":                                      page("400 Bad Request", "Bad request."),
	"a 400":                                                 cached("400 Bad Request", "Error from cloudfront"),
	"a 401":                                                 gatewaySays("401 Unauthorized", "UnauthorizedException", "Unauthorized"),
	"a REST API's 403":                                      gatewaySays("403 Forbidden", "MissingAuthenticationTokenException", "Missing"),
	"a REST API's 403, by its body":                         cached("403 Forbidden", "Error from cloudfront") + `{"message":"Missing Authentication Token"}`,
	"API Gateway's 403":                                     gatewaySays("403 Forbidden", "ForbiddenException", "Forbidden"),
	"a country":                                             page("403 Forbidden", "The Amazon CloudFront distribution is configured to block access from your country."),
	"a web ACL's block":                                     page("403 Forbidden", "Request blocked."),
	"a signature is missing":                                cached("403 Forbidden", "Error from cloudfront") + `<?xml version="1.0"?><Error><Code>MissingKey</Code><Message>Missing Key-Pair-Id query parameter or cookie value</Message></Error>`,
	"a method that is not allowed":                          page("403 Forbidden", "This distribution is not configured to allow the HTTP request method that was used for this request."),
	"a bucket's 403":                                        cached("403 Forbidden", "Error from cloudfront") + `<Error><Code>AccessDenied</Code></Error>`,
	"a bucket's 403, by its header":                         "403 Forbidden\nServer: AmazonS3\nX-Cache: Error from cloudfront\n\n",
	"a name that no distribution has":                       page("403 Forbidden", "Bad request."),
	"a 403 without a mark":                                  cached("403 Forbidden", "Error from cloudfront") + "Sorry",
	"an HTTP API's 404":                                     "404 Not Found\nApigw-Requestid: r\nX-Cache: Error from cloudfront\n\n{\"message\":\"Not Found\"}",
	"API Gateway's 404":                                     gatewaySays("404 Not Found", "NotFoundException", "Not Found"),
	"a 404":                                                 cached("404 Not Found", "Error from cloudfront"),
	"CloudFront's 413":                                      page("413 Request Entity Too Large", "Bad request."),
	"API Gateway's 414":                                     gatewaySays("414 URI Too Long", "RequestTooLong", "x"),
	"a 414":                                                 cached("414 URI Too Long", "Error from cloudfront"),
	"a 426":                                                 cached("426 Upgrade Required", "Error from cloudfront"),
	"API Gateway's 429":                                     gatewaySays("429 Too Many Requests", "LimitExceededException", "Limit Exceeded"),
	"a 429":                                                 cached("429 Too Many Requests", "Error from cloudfront"),
	"API Gateway's 504":                                     gatewaySays("504 Gateway Timeout", "InternalServerErrorException", "Endpoint request timed out"),
	"API Gateway's 5xx":                                     gatewaySays("502 Bad Gateway", "InternalServerErrorException", "Internal server error"),
	"the origin's name does not resolve":                    page("502 Bad Gateway", "CloudFront wasn't able to resolve the origin domain name."),
	"a function that returns something invalid, by the page": page("502 Bad Gateway", "The CloudFront function returned an invalid value: response.statusCode is missing."),
	"a function that throws, by the page":                    page("503 Service Unavailable", "The CloudFront function associated with the CloudFront distribution is invalid or could not run."),
	"a Lambda@Edge function that fails, by the page":         page("503 Service Unavailable", "The Lambda function associated with the CloudFront distribution is invalid or doesn't have the required permissions."),
	"CloudFront does not reach the origin":                   page("502 Bad Gateway", "CloudFront wasn't able to connect to the origin."),
	"a 502":                                                  cached("502 Bad Gateway", "Error from cloudfront"),
	"a 503":                                                  page("503 Service Unavailable", "Something."),
	"a 504":                                                  page("504 Gateway Timeout", "CloudFront attempted to establish a connection with the origin, but either the attempt failed or the origin closed the connection."),
	"a 500":                                                  cached("500 Internal Server Error", "Error from cloudfront"),
	"another answer":                                         cached("418 I'm a teapot", "Error from cloudfront"),
}

func function(status, body string) string {
	return cached(status, "FunctionGeneratedResponse from cloudfront") + body
}

func lambda(status string) string { return cached(status, "LambdaGeneratedResponse from cloudfront") }

func cached(status, cache string) string {
	return status + "\nServer: CloudFront\nX-Cache: " + cache + "\nX-Amz-Cf-Id: cfid==\n\n"
}

// titles are the titles of causes.
func titles(keys []string) (all []string) {
	for _, s := range runbook {
		for _, c := range s.causes {
			if slices.Contains(keys, c.key) {
				all = append(all, c.title)
			}
		}
	}
	return all
}

// Each row of the table is met by an answer that comes over the wire, and leaves its
// causes and no others.
func TestEachAnswerLeavesItsCauses(t *testing.T) {
	t.Parallel()
	for _, s := range symptoms {
		if s.ended != "" {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			response, known := answers[s.name]
			if !known {
				t.Fatal("no answer has this form")
			}
			server := newFake(t, true, raw(response))
			r := try(t, &probeOptions{URL: server.url(t, "/"), Roots: server.roots()})
			var got []string
			for _, cause := range r.Causes {
				got = append(got, cause.Cause)
			}
			if want := titles(s.causes); !slices.Equal(got, want) || len(want) != len(s.causes) {
				t.Errorf("got %q, want %q", got, want)
			}
			if r.OK || r.Answer == nil || !strings.HasPrefix(response, itoa(r.Answer.Status)) {
				t.Errorf("got %+v", r)
			}
		})
	}
	for name := range answers {
		if !slices.ContainsFunc(symptoms, func(s symptom) bool { return s.name == name }) {
			t.Errorf("%s is no symptom", name)
		}
	}
}

func itoa(n int) string {
	return string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
}

// What never becomes an answer is met by a server that breaks off, where one can be
// had on this machine.
func TestAHandshakeThatEndsBeforeAnAnswerLeavesItsCauses(t *testing.T) {
	t.Parallel()
	serve := func(handle func(net.Conn)) string {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = listener.Close() })
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				go func() { defer conn.Close(); handle(conn) }()
			}
		}()
		return listener.Addr().String()
	}
	silent := newFake(t, true, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	closing := newFake(t, true, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, _ := w.(http.Hijacker).Hijack()
		_ = conn.Close()
	})
	old := newFake(t, true, accept)
	old.TLS.MaxVersion = tls.VersionTLS11
	for name, c := range map[string]struct {
		host  string
		roots *x509.CertPool
	}{
		"no address connects":               {nobody(t), nil},
		"a certificate that is not trusted": {silent.Listener.Addr().String(), nil},
		"a certificate of another name":     {"localhost:" + port(t, silent), silent.roots()},
		"TLS is refused":                    {old.Listener.Addr().String(), old.roots()},
		"TLS breaks off":                    {serve(func(net.Conn) {}), nil},
		"nothing after TLS in time":         {silent.Listener.Addr().String(), silent.roots()},
		"closed after TLS":                  {closing.Listener.Addr().String(), closing.roots()},
	} {
		t.Run(name, func(t *testing.T) {
			r := try(t, &probeOptions{URL: &url.URL{Scheme: "wss", Host: c.host, Path: "/"}, Roots: c.roots, Timeout: time.Second / 2})
			i := slices.IndexFunc(symptoms, func(s symptom) bool { return s.name == name })
			var got []string
			for _, cause := range r.Causes {
				got = append(got, cause.Cause)
			}
			if want := titles(symptoms[i].causes); !slices.Equal(got, want) || r.OK {
				t.Errorf("got %q, want %q; %+v", got, want, r.Checks)
			}
		})
	}
	for name, a := range map[string]*attempt{
		"the name does not exist":        {ended: atName, err: &net.DNSError{IsNotFound: true}},
		"the name is not answered":       {ended: atName, err: &net.DNSError{IsTimeout: true}},
		"a certificate that has expired": {ended: atTLS, err: &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}},
		"TLS is refused":                 {ended: atTLS, err: &net.OpError{Op: "remote error", Err: tls.AlertError(40)}},
		"no address connects":            {ended: atAddress, err: syscall.ENETUNREACH},
	} {
		if got := symptomOf(a); got.name != name {
			t.Errorf("%s: got %s", name, got.name)
		}
	}
}

func port(t *testing.T, f *fake) string {
	t.Helper()
	_, port, err := net.SplitHostPort(f.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// lead is the title of a cause in the runbook.
var lead = regexp.MustCompile(`(?m)^\d+\. \*\*(.+?)\.\*\*`)

// The runbook has each cause under its title, in the section that the report links
// to, in the same order, and no others.
func TestTheRunbookHasEachCauseInItsPlace(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	var order []string
	for _, part := range strings.Split(string(raw), "\n## ")[1:] {
		heading, text, _ := strings.Cut(part, "\n")
		sections[heading] = text
		order = append(order, heading)
	}
	at := -1
	for _, s := range runbook {
		text, there := sections[s.title]
		if !there {
			t.Errorf("the runbook has no section %q", s.title)
			continue
		}
		if i := slices.Index(order, s.title); i < at {
			t.Errorf("section %q stands elsewhere in the runbook", s.title)
		} else {
			at = i
		}
		var got, want []string
		for _, match := range lead.FindAllStringSubmatch(text, -1) {
			got = append(got, match[1])
		}
		for _, c := range s.causes {
			want = append(want, c.title)
		}
		if !slices.Equal(got, want) {
			t.Errorf("section %q has\n%q, want\n%q", s.title, got, want)
		}
	}
	anchors := map[string]bool{}
	for _, heading := range order {
		anchors[anchor(heading)] = true
	}
	for _, link := range regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(string(raw), -1) {
		if !anchors[link[1]] {
			t.Errorf("the runbook links to #%s, which it has not", link[1])
		}
	}
}

func TestEachCauseIsLeftBySomeSymptom(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, s := range runbook {
		for _, c := range s.causes {
			if known[c.key] {
				t.Errorf("%s stands twice", c.key)
			}
			known[c.key] = true
		}
	}
	left := map[string]bool{"not-cloudfront": true}
	for _, s := range symptoms {
		if s.source == "" {
			t.Errorf("%s has no source", s.name)
		}
		for _, key := range s.causes {
			if left[key] = true; !known[key] {
				t.Errorf("%s: %s is no cause of the runbook", s.name, key)
			}
		}
	}
	for key := range known {
		if !left[key] {
			t.Errorf("no symptom leaves %s", key)
		}
	}
}

func TestWhatAnswersWithoutAMarkOfCloudFrontsIsDoubted(t *testing.T) {
	t.Parallel()
	proxy := &attempt{ended: answered, status: 403, header: http.Header{"Server": {"squid"}}, err: errors.New("403")}
	got := causesOf(proxy, nil)
	if last := got[len(got)-1]; last.Cause != "Something other than CloudFront answered" || last.Runbook != "docs/runbook.md#any-other-answer" {
		t.Errorf("got %+v", got)
	}
	proxy.header.Set("X-Amz-Cf-Id", "a")
	if got := causesOf(proxy, nil); strings.Contains(got[len(got)-1].Cause, "other than CloudFront") {
		t.Errorf("got %+v", got)
	}
}

// An API that takes the handshake directly asks for no key and denies nobody.
func TestWhatTheAPIItselfSaysLeavesFewerCauses(t *testing.T) {
	t.Parallel()
	refused := &attempt{ended: answered, status: 403, header: http.Header{"X-Amzn-Errortype": {"ForbiddenException"}}, err: errors.New("403")}
	all, fewer := causesOf(refused, nil), causesOf(refused, &attempt{ended: answered, status: 101})
	if len(all) != 5 || len(fewer) != 2 || fewer[0].Cause != "The path goes past the stage, or the stage is wrong" {
		t.Errorf("got %+v, then %+v", all, fewer)
	}
	slow := &attempt{ended: answered, status: 504, header: http.Header{"X-Amzn-Requestid": {"r"}}, err: context.DeadlineExceeded}
	if got := causesOf(slow, &attempt{ended: answered, status: 101}); len(got) != 1 {
		t.Errorf("nothing is left of %+v", got)
	}
}
