package handshake

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"math/big"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Server serves one distribution and the WebSocket APIs behind it on 127.0.0.1.
// It is safe for concurrent use.
type Server struct {
	engine  *engine
	cert    tls.Certificate
	pool    *x509.CertPool
	edge    net.Listener
	plain   net.Listener
	api     net.Listener
	servers []*http.Server
	cancel  context.CancelFunc
	ctx     context.Context
	running sync.WaitGroup

	mu      sync.Mutex
	conns   map[io.Closer]bool
	pending map[string]*delivery
	reports []*Report
	notes   []Note
	closed  bool
}

// delivery is a handshake on its way from the edge to the API.
type delivery struct {
	api     *api
	mapping *mapping
	trail   *trail
	report  *Report

	mu  sync.Mutex
	adm *admission
}

const (
	// exchange bounds the connecting of edge and API, which are one process.
	exchange = 10 * time.Second
	// headerReport, -Reason, -Fix and -Rule are added to every response of the
	// edge, so that any client can show why it was refused.
	headerReport = "X-Handshake-Report"
	headerReason = "X-Handshake-Reason"
	headerFix    = "X-Handshake-Fix"
	headerRule   = "X-Handshake-Rule"
	// maxReports bounds the reports that are kept.
	maxReports = 1000
)

// Serve starts a distribution of the template on 127.0.0.1: the edge over TLS and
// over plain HTTP, the APIs over TLS, each on a port that the system picks. The
// certificate is made up; [Server.Client] trusts it. options may be nil. Close
// the server after use.
//
// Every response has the headers X-Handshake-Report, which is the report's
// number, and for a refusal X-Handshake-Reason, -Fix and -Rule.
func Serve(t *Template, options *Options) (*Server, error) {
	e, err := newEngine(t, options)
	if err != nil {
		return nil, err
	}
	cert, err := selfSigned()
	if err != nil {
		return nil, fmt.Errorf("handshake: make a certificate: %w", err)
	}
	s := &Server{engine: e, cert: cert, pool: x509.NewCertPool(), conns: map[io.Closer]bool{}, pending: map[string]*delivery{}}
	s.pool.AddCert(cert.Leaf)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	for _, listener := range []*net.Listener{&s.edge, &s.plain, &s.api} {
		if *listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return nil, errors.Join(fmt.Errorf("handshake: listen: %w", err), s.Close())
		}
	}
	edgeTLS := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: e.distribution.minTLS(), NextProtos: []string{"http/1.1"}}
	if strings.Contains(e.distribution.httpVersion, "http2") {
		edgeTLS.NextProtos = []string{"h2", "http/1.1"}
	}
	s.start(s.edge, edgeTLS, func(w http.ResponseWriter, r *http.Request) { s.serveEdge(w, r, true) })
	s.start(s.plain, nil, func(w http.ResponseWriter, r *http.Request) { s.serveEdge(w, r, false) })
	s.start(s.api, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}, s.serveAPI)
	return s, nil
}

func (s *Server) start(listener net.Listener, config *tls.Config, handle http.HandlerFunc) {
	server := &http.Server{Handler: handle, TLSConfig: config, ReadHeaderTimeout: exchange, MaxHeaderBytes: 64 << 10,
		ErrorLog: log.New(io.Discard, "", 0)}
	s.servers = append(s.servers, server)
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		if config == nil {
			_ = server.Serve(listener) // ends with Close
			return
		}
		_ = server.ServeTLS(listener, "", "")
	}()
}

// URL is the edge's address with TLS: wss://127.0.0.1:port.
func (s *Server) URL() string { return "wss://" + s.edge.Addr().String() }

// PlainURL is the edge's address without TLS: ws://127.0.0.1:port.
func (s *Server) PlainURL() string { return "ws://" + s.plain.Addr().String() }

// APIURL is the address of the APIs behind the edge. They answer only to their own
// Host; [Server.DialAPI] sends it.
func (s *Server) APIURL() string { return "wss://" + s.api.Addr().String() }

// CertPool has the server's certificate.
func (s *Server) CertPool() *x509.CertPool { return s.pool }

// Certificate is the server's certificate, to be written for clients that are
// other programs.
func (s *Server) Certificate() *x509.Certificate { return s.cert.Leaf }

// Client is an HTTP client that trusts the server's certificate and follows no
// redirect, as WebSocket clients do not.
func (s *Server) Client() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.pool, MinVersion: tls.VersionTLS12}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Dial connects a WebSocket client to the edge; path may have a query string.
// options may be nil; an HTTPClient in it replaces [Server.Client]. The error of a
// handshake that did not get through is a [*Refusal].
func (s *Server) Dial(ctx context.Context, path string, options *websocket.DialOptions) (*websocket.Conn, error) {
	return s.dial(ctx, s.URL()+slashed(path), options)
}

// DialAPI connects to the API itself, around the edge, with the API's own Host.
// path begins with the stage; an empty one is the stage that the distribution's
// first WebSocket origin has. The error of a refusal is a [*Refusal].
func (s *Server) DialAPI(ctx context.Context, path string, options *websocket.DialOptions) (*websocket.Conn, error) {
	a, m := s.engine.firstAPI()
	if a == nil {
		return nil, errors.New("handshake: the distribution has no origin that is a WebSocket API")
	}
	o := websocket.DialOptions{}
	if options != nil {
		o = *options
	}
	if o.Host == "" {
		o.Host = a.host
		if m != nil {
			o.Host = m.domain
		}
	}
	if path == "" {
		path = "/" + a.defaultPath(m)
	}
	return s.dial(ctx, s.APIURL()+slashed(path), &o)
}

// defaultPath is the path of the API's stage, or of its mapping.
func (a *api) defaultPath(m *mapping) string {
	switch {
	case m != nil:
		return m.key
	case len(a.stages) > 0:
		return a.stages[0].name
	}
	return ""
}

func (s *Server) dial(ctx context.Context, target string, options *websocket.DialOptions) (*websocket.Conn, error) {
	o := websocket.DialOptions{}
	if options != nil {
		o = *options
	}
	if o.HTTPClient == nil {
		o.HTTPClient = s.Client()
	}
	conn, response, err := websocket.Dial(ctx, target, &o)
	var refusal *Refusal
	if response != nil {
		refusal = s.refusalOf(response)
	}
	if err != nil {
		if refusal != nil {
			return nil, refusal
		}
		return nil, fmt.Errorf("handshake: %w", err)
	}
	if refusal != nil {
		_ = conn.CloseNow()
		return nil, refusal
	}
	return conn, nil
}

// refusalOf finds the refusal of a response by its report's number.
func (s *Server) refusalOf(response *http.Response) *Refusal {
	n, err := strconv.Atoi(response.Header.Get(headerReport))
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n < 1 || n > len(s.reports) || s.reports[n-1] == nil {
		return nil
	}
	return s.reports[n-1].Refusal
}

// Reports are the ways of all handshakes so far, in the order in which they
// ended; the last thousand are kept.
func (s *Server) Reports() []*Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.reports), func(r *Report) bool { return r == nil })
}

// Last is the way of the handshake that ended last; nil before the first.
func (s *Server) Last() *Report {
	if reports := s.Reports(); len(reports) > 0 {
		return reports[len(reports)-1]
	}
	return nil
}

// Notes are what was left out while messages were answered.
func (s *Server) Notes() []Note {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.notes)
}

func (s *Server) note(rule, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.notes, Note{rule, text}) && len(s.notes) < maxReports {
		s.notes = append(s.notes, Note{rule, text})
	}
}

// Close closes the server and all its connections. It may be called again.
func (s *Server) Close() error {
	s.cancel()
	s.mu.Lock()
	s.closed = true
	conns := slices.Collect(maps.Keys(s.conns))
	s.mu.Unlock()
	for _, server := range s.servers {
		_ = server.Close()
	}
	for _, listener := range []net.Listener{s.edge, s.plain, s.api} {
		if listener != nil {
			_ = listener.Close() // closed already where a server had it
		}
	}
	for _, c := range conns {
		_ = c.Close()
	}
	s.running.Wait()
	return nil
}

// enter counts a request that Close waits for; false when the server is closed.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.running.Add(1)
	return true
}

// track keeps a connection to be closed with the server; false when it is
// closed already.
func (s *Server) track(c io.Closer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		_ = c.Close()
		return false
	}
	s.conns[c] = true
	return true
}

func (s *Server) untrack(c io.Closer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

// finish keeps a report and returns its number.
func (s *Server) finish(r *Report) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reports = append(s.reports, r)
	if n := len(s.reports); n > maxReports {
		s.reports[n-maxReports-1] = nil
	}
	return len(s.reports)
}

// serveEdge is the edge.
func (s *Server) serveEdge(w http.ResponseWriter, r *http.Request, secure bool) {
	if !s.enter() {
		return
	}
	defer s.running.Done()
	id := newID()
	report := &Report{}
	v := &viewerRequest{method: r.Method, host: hostOnly(r.Host), header: r.Header.Clone(), secure: secure,
		http2: r.ProtoMajor == 2, ip: s.engine.options.viewerIP()}
	v.path, v.query, v.asks = strings.Cut(r.RequestURI, "?")
	if !strings.HasPrefix(v.path, "/") {
		v.path = r.URL.EscapedPath()
	}
	if v.path == "" {
		v.path = "/"
	}
	if ip := net.ParseIP(v.host); ip != nil && ip.IsLoopback() || v.host == "localhost" {
		v.host = s.engine.distribution.host()
	}
	if v.http2 && !upgrades(v.header) {
		v.http2 = false // an ordinary request may come by HTTP/2
	}
	var up *upstream
	_, own := s.engine.through(v, id, report, func(q *originRequest) *admission {
		var adm *admission
		adm, up = s.deliver(q, id, report)
		return adm
	})
	n := s.finish(report)
	if own != nil {
		up.close()
		write(w, own, n)
		return
	}
	s.join(w, up, n)
}

// upstream is the edge's connection to the API.
type upstream struct {
	conn     net.Conn
	reader   *bufio.Reader
	response *http.Response
}

func (u *upstream) close() {
	if u != nil && u.conn != nil {
		_ = u.conn.Close()
	}
}

// deliver sends the handshake to the API over TLS.
func (s *Server) deliver(q *originRequest, id string, report *Report) (*admission, *upstream) {
	fail := func(err error) (*admission, *upstream) {
		refusal := &Refusal{Status: 502, Layer: "origin", Rule: "origin.protocol", Reason: "the origin cannot be reached: " + firstLine(err.Error()),
			Fix: "see the origin " + q.origin.place}
		report.refuse(refusal)
		return &admission{refusal: refusal}, nil
	}
	a, m := s.engine.template.apiAt(q.origin)
	// The API writes to a report of its own: it may still do so after the edge
	// has given up.
	d := &delivery{api: a, mapping: m, trail: q.trail, report: &Report{}}
	s.mu.Lock()
	s.pending[id] = d
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.pending, id)
		s.mu.Unlock()
	}()
	dialer := &tls.Dialer{Config: &tls.Config{RootCAs: s.pool, ServerName: "localhost", MinVersion: tls.VersionTLS12}}
	ctx, cancel := context.WithTimeout(s.ctx, exchange)
	defer cancel()
	patience := time.Duration(min(max(q.origin.readTimeout, 1), 120) * float64(time.Second))
	conn, err := dialer.DialContext(ctx, "tcp", s.api.Addr().String())
	if err != nil {
		return fail(err)
	}
	if !s.track(conn) {
		return fail(net.ErrClosed)
	}
	u := &upstream{conn: conn, reader: bufio.NewReader(conn)}
	_ = conn.SetDeadline(time.Now().Add(patience))
	var b bytes.Buffer
	target := q.path
	if q.query != "" {
		target += "?" + q.query
	}
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\n", target, q.host)
	for _, name := range sortedNames(q.header) {
		for _, value := range q.header[name] {
			fmt.Fprintf(&b, "%s: %s\r\n", eventHeader(name), value)
		}
	}
	b.WriteString("\r\n")
	if _, err := conn.Write(b.Bytes()); err != nil {
		s.untrack(conn)
		u.close()
		return fail(err)
	}
	u.response, err = http.ReadResponse(u.reader, &http.Request{Method: http.MethodGet})
	if errors.Is(err, os.ErrDeadlineExceeded) {
		s.untrack(conn)
		u.close()
		refusal := &Refusal{Status: 504, Layer: "origin", Rule: "origin.timeout-short",
			Reason: fmt.Sprintf("$connect has not answered within the origin's read timeout of %v", patience),
			Fix:    "answer sooner, or raise OriginReadTimeout of " + q.origin.place + "; prop ReadTimeout"}
		report.refuse(refusal)
		return &admission{refusal: refusal}, nil
	}
	if err != nil {
		s.untrack(conn)
		u.close()
		return fail(err)
	}
	_ = conn.SetDeadline(time.Time{})
	d.mu.Lock()
	adm := d.adm
	if adm != nil {
		report.take(d.report)
	}
	d.mu.Unlock()
	if adm == nil {
		s.untrack(conn)
		u.close()
		return fail(fmt.Errorf("the request is malformed (%s)", u.response.Status))
	}
	if adm.refusal != nil {
		s.untrack(conn)
		u.close()
		return adm, nil
	}
	return adm, u
}

// join hands the API's 101 to the client and lets bytes flow both ways.
func (s *Server) join(w http.ResponseWriter, u *upstream, number int) {
	defer func() {
		s.untrack(u.conn)
		u.close()
	}()
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return
	}
	client, buffered, err := hijacker.Hijack()
	if err != nil {
		return
	}
	defer client.Close()
	if !s.track(client) {
		return
	}
	defer s.untrack(client)
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 101 Switching Protocols\r\n")
	u.response.Header.Set("Via", "1.1 "+s.engine.distribution.domainName()+" (CloudFront)")
	u.response.Header.Set("X-Cache", "Miss from cloudfront")
	u.response.Header.Set(headerReport, strconv.Itoa(number))
	for _, name := range sortedNames(u.response.Header) {
		for _, value := range u.response.Header[name] {
			fmt.Fprintf(&b, "%s: %s\r\n", eventHeader(name), value)
		}
	}
	b.WriteString("\r\n")
	if _, err := client.Write(b.Bytes()); err != nil {
		return
	}
	done := make(chan struct{}, 2)
	pipe := func(to net.Conn, from io.Reader) {
		_, _ = io.Copy(to, from) // a connection that ends is no error
		done <- struct{}{}
	}
	go pipe(u.conn, buffered.Reader)
	go pipe(client, u.reader)
	<-done
	_ = client.Close()
	u.close()
	<-done
}

// serveAPI is API Gateway.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		return
	}
	defer s.running.Done()
	id := r.Header.Get("X-Amz-Cf-Id")
	s.mu.Lock()
	d := s.pending[id]
	s.mu.Unlock()
	path, query, _ := strings.Cut(r.RequestURI, "?")
	var adm *admission
	var own *answer
	number := 0
	if d != nil {
		q := &apiRequest{host: hostOnly(r.Host), path: path, query: query, header: r.Header.Clone(), peer: cloudFrontIP, trail: d.trail}
		d.mu.Lock()
		adm = s.engine.admit(d.api, d.mapping, q, id, d.report)
		d.adm = adm
		d.mu.Unlock()
		if adm.refusal != nil {
			own = gatewayAnswer(adm.refusal, id)
		}
	} else {
		report := &Report{}
		adm, own = s.engine.direct(hostOnly(r.Host), path, query, r.Header.Clone(), report)
		number = s.finish(report)
	}
	if own != nil {
		write(w, own, number)
		return
	}
	if number > 0 {
		w.Header().Set(headerReport, strconv.Itoa(number))
	}
	if adm.subprotocol != "" {
		w.Header().Set("Sec-WebSocket-Protocol", adm.subprotocol)
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // Accept has answered
	}
	defer func() { _ = conn.CloseNow() }()
	closer := closeNow{conn}
	if !s.track(closer) {
		return
	}
	defer s.untrack(closer)
	conn.SetReadLimit(128 << 10) // the largest message of a WebSocket API
	s.converse(s.ctx, conn, adm.api, id)
}

// closeNow is a connection as an io.Closer.
type closeNow struct{ conn *websocket.Conn }

func (c closeNow) Close() error { return c.conn.CloseNow() }

// write sends a response, with the reason of a refusal in its headers.
func write(w http.ResponseWriter, a *answer, number int) {
	for name, values := range a.header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	if number > 0 {
		w.Header().Set(headerReport, strconv.Itoa(number))
	}
	if a.refusal != nil {
		w.Header().Set(headerReason, oneLine(a.refusal.Reason))
		w.Header().Set(headerFix, oneLine(a.refusal.Fix))
		w.Header().Set(headerRule, a.refusal.Rule)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that is gone is no error
}

func oneLine(text string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, text)
}

func slashed(path string) string {
	if strings.HasPrefix(path, "/") {
		return path
	}
	return "/" + path
}

// minTLS is the oldest TLS version of the viewer security policy.
func (d *distribution) minTLS() uint16 {
	switch {
	case strings.HasPrefix(d.certificate.minimum, "TLSv1.3"):
		return tls.VersionTLS13
	case strings.HasPrefix(d.certificate.minimum, "TLSv1.2"):
		return tls.VersionTLS12
	case strings.HasPrefix(d.certificate.minimum, "TLSv1.1"):
		return tls.VersionTLS11
	}
	return tls.VersionTLS10
}

func newID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return hex.EncodeToString(b)
}

// selfSigned makes the one certificate of the process.
var selfSigned = sync.OnceValues(func() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(time.Now().UnixNano()),
		Subject:               pkix.Name{CommonName: "handshake on 127.0.0.1"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
})
