package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/coder/websocket"
)

// stage is how far a handshake came.
type stage string

const (
	atName    stage = "name"
	atAddress stage = "address"
	atTLS     stage = "TLS"
	atHTTP    stage = "HTTP"
	answered  stage = "answer"
)

// maxBody is how much of a refusal's body is read.
const maxBody = 16 << 10

// attempt is what one handshake showed.
type attempt struct {
	// ended is where it ended; answered when a response came.
	ended stage
	// address is what was connected to; failed are addresses that were not.
	address string
	failed  []string
	tls     *tls.ConnectionState

	status      int
	header      http.Header
	body        string
	subprotocol string
	took        time.Duration

	err  error
	conn *websocket.Conn
}

// request is one handshake to make. Whatever the user gave is in it, so there is
// one place that decides what goes where: see [request.bare].
type request struct {
	url         *url.URL
	host        string // the Host header; empty for that of the URL
	header      http.Header
	subprotocol string
	// network is tcp, or tcp6 for IPv6 alone; empty is tcp.
	network string
	// unverified takes any certificate.
	unverified bool
}

// bare is the same request without anything the user gave but the host: no user,
// path, query string, header or subprotocol. It is what is sent where somebody else
// may be listening: without TLS, or with a certificate that was not verified.
func (q request) bare() request {
	return request{url: &url.URL{Scheme: q.url.Scheme, Host: q.url.Host, Path: "/"}}
}

// isBare tells that a request has nothing of the user's in it.
func (q request) isBare() bool {
	return q.url.User == nil && (q.url.Path == "" || q.url.Path == "/") && q.url.RawQuery == "" && q.host == "" && len(q.header) == 0 && q.subprotocol == ""
}

// dialer makes handshakes.
type dialer struct {
	roots   *x509.CertPool
	timeout time.Duration
	proxy   func(*http.Request) (*url.URL, error)
}

// errClear is the refusal to send something of the user's to where it could be read.
var errClear = errors.New("wscheck sends nothing of yours over a connection without verified TLS")

// dial makes one handshake. The connection, if there is one, is the caller's to
// close. Redirects are not followed: WebSocket clients do not, and headers would go
// to a host that nobody named.
func (d *dialer) dial(ctx context.Context, q request) *attempt {
	a := &attempt{ended: atName}
	if (q.url.Scheme != "wss" || q.unverified) && !(q.isBare() || q.url.Scheme == "ws" && q.bareButPath()) {
		a.err = errClear
		return a
	}
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	var mu sync.Mutex
	live := true
	// An address that lost the race against another one is reported late.
	note := func(f func()) {
		mu.Lock()
		defer mu.Unlock()
		if live {
			f()
		}
	}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		ConnectStart: func(string, string) { note(func() { a.ended = later(a.ended, atAddress) }) },
		ConnectDone: func(_, address string, err error) {
			note(func() {
				if err != nil {
					a.failed = append(a.failed, address+": "+rootCause(err))
					return
				}
				if a.address == "" {
					a.address = address
				}
				a.ended = later(a.ended, map[bool]stage{true: atTLS, false: atHTTP}[q.url.Scheme == "wss"])
			})
		},
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			note(func() {
				if err == nil {
					a.tls, a.ended = &state, later(a.ended, atHTTP)
				}
			})
		},
	})
	transport := &http.Transport{Proxy: d.proxy, TLSHandshakeTimeout: d.timeout, TLSClientConfig: &tls.Config{RootCAs: d.roots,
		InsecureSkipVerify: q.unverified, NextProtos: []string{"http/1.1"}}}
	if q.network != "" {
		transport.DialContext = func(ctx context.Context, _, address string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, q.network, address)
		}
	}
	defer transport.CloseIdleConnections()
	keeper := &bodyKeeper{next: transport}
	options := &websocket.DialOptions{HTTPHeader: q.header.Clone(), Host: q.host, HTTPClient: &http.Client{Transport: keeper,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if options.HTTPHeader == nil {
		options.HTTPHeader = http.Header{}
	}
	if q.subprotocol != "" {
		options.Subprotocols = []string{q.subprotocol}
	}
	start := time.Now()
	conn, response, err := websocket.Dial(ctx, q.url.String(), options)
	mu.Lock()
	defer mu.Unlock()
	live = false
	a.took = time.Since(start)
	if response != nil {
		a.ended, a.status, a.header, a.body = answered, response.StatusCode, response.Header, keeper.body
	}
	if err != nil {
		a.err = err
		return a
	}
	a.conn, a.subprotocol = conn, conn.Subprotocol()
	return a
}

// bareButPath is a request of which the user said, by --plain, that its path may be
// read by others.
func (q request) bareButPath() bool {
	u := *q.url
	u.Path, u.RawPath = "/", ""
	q.url = &u
	return q.isBare()
}

var stages = []stage{atName, atAddress, atTLS, atHTTP, answered}

func later(a, b stage) stage {
	if slices.Index(stages, b) > slices.Index(stages, a) {
		return b
	}
	return a
}

// bodyKeeper reads the body of an answer that is no 101.
type bodyKeeper struct {
	next http.RoundTripper
	body string
}

func (k *bodyKeeper) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := k.next.RoundTrip(r)
	if err != nil || response.StatusCode == http.StatusSwitchingProtocols {
		return response, err
	}
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxBody)) // what came before it broke off is worth showing
	_ = response.Body.Close()
	k.body = string(body)
	response.Body = http.NoBody
	return response, nil
}

// failure names the kind of an error: one of the words that the table of symptoms
// knows, or "".
func (a *attempt) failure() string {
	var (
		dns       *net.DNSError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		authority x509.UnknownAuthorityError
		alert     tls.AlertError
		remote    *net.OpError
		timeout   net.Error
	)
	switch err := a.err; {
	case err == nil:
		return ""
	case errors.As(err, &dns):
		if dns.IsNotFound {
			return "not found"
		}
		return "no answer"
	case errors.As(err, &host):
		return "another name"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "expired"
	case errors.As(err, &authority), errors.As(err, &invalid):
		return "not trusted"
	case errors.As(err, &alert), errors.As(err, &remote) && remote.Op == "remote error":
		return "alert"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EAFNOSUPPORT):
		return "unreachable"
	}
	return ""
}

// certificateFailed tells that the connection ended because the certificate was not
// accepted.
func (a *attempt) certificateFailed() bool {
	var verification *tls.CertificateVerificationError
	return errors.As(a.err, &verification)
}

// words says in a line why there was no answer.
func (a *attempt) words(timeout time.Duration) string {
	var verification *tls.CertificateVerificationError
	switch {
	case errors.Is(a.err, errClear):
		return errClear.Error()
	case errors.As(a.err, &verification):
		return "the certificate is not accepted: " + verification.Err.Error()
	case a.failure() == "timeout":
		return fmt.Sprintf("no answer within %v", timeout)
	case errors.Is(a.err, io.EOF), errors.Is(a.err, io.ErrUnexpectedEOF):
		return "the connection was closed without an answer"
	case len(a.failed) > 0 && a.address == "":
		return strings.Join(a.failed, "; ")
	}
	return rootCause(a.err)
}

// gateway tells that API Gateway gave the answer: CloudFront passes these headers on
// and does not write them.
func (a *attempt) gateway() bool {
	for _, name := range []string{"X-Amzn-Errortype", "X-Amzn-Requestid", "X-Amz-Apigw-Id", "Apigw-Requestid"} {
		if a.header.Get(name) != "" {
			return true
		}
	}
	return false
}

// cloudFront tells that the answer came through CloudFront.
func (a *attempt) cloudFront() bool {
	for _, name := range []string{"X-Amz-Cf-Id", "X-Cache", "Via", "Server"} {
		if v := strings.ToLower(a.header.Get(name)); name == "X-Amz-Cf-Id" && v != "" || strings.Contains(v, "cloudfront") {
			return true
		}
	}
	return false
}

// loadRoots reads the certificates to trust instead of the system's.
func loadRoots(file string) (*x509.CertPool, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(raw) {
		return nil, fmt.Errorf("%s has no certificate in PEM", file)
	}
	return pool, nil
}

func rootCause(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err.Error()
		}
		err = next
	}
}
