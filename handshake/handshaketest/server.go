package handshaketest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/websocket-distribution/websocket-distribution/handshake"
)

// Options say what the server plays. The zero value is the model's first distribution.
type Options struct {
	// Distribution is the logical id of the distribution to serve.
	//
	// Default: the only one, else the first by logical id.
	Distribution string

	// ViewerIP is the address of every client as the edge sees it.
	//
	// Default: 198.51.100.10, an address for documentation.
	ViewerIP string

	// Country is where every client is, for CloudFront-Viewer-Country.
	//
	// Default: US.
	Country string

	// EdgeRegion is the region of the edge location, which edge functions can read.
	//
	// Default: us-east-1.
	EdgeRegion string
}

// Server serves one distribution and the WebSocket APIs behind it on 127.0.0.1. It is
// safe for concurrent use.
type Server struct {
	// URL is the edge's address over TLS: wss://127.0.0.1:port.
	URL string
	// PlainURL is the edge's address in the clear: ws://127.0.0.1:port.
	PlainURL string
	// APIURL is the address of the APIs behind the edge. They answer only to their own
	// Host; [Server.DialAPI] sends it.
	APIURL string

	model     *handshake.Model
	options   Options
	cert      tls.Certificate
	pool      *x509.CertPool
	listeners []net.Listener
	servers   []*http.Server
	log       reports
	open      *connections
}

// NewServer starts a server. The certificate is made up; [Server.Client] trusts it.
// options may be nil. The error says that the model does not have the distribution, or
// that the machine cannot listen. Close the server after use.
//
// Every response has the header X-Handshake-Report, which is the report's number, and
// for a refusal X-Handshake-Reason, -Fix and -Rule.
func NewServer(model *handshake.Model, options *Options) (*Server, error) {
	s := &Server{model: model, pool: x509.NewCertPool(), open: newConnections()}
	if options != nil {
		s.options = *options
	}
	distribution, err := model.Distribution(s.options.Distribution)
	if err != nil {
		return nil, fmt.Errorf("handshaketest: %w", err)
	}
	if s.cert, err = selfSigned(); err != nil {
		return nil, fmt.Errorf("handshaketest: make a certificate: %w", err)
	}
	s.pool.AddCert(s.cert.Leaf)
	certificates := []tls.Certificate{s.cert}
	for _, part := range []struct {
		url    *string
		scheme string
		tls    *tls.Config
		base   handshake.Request
	}{
		{&s.URL, "wss", &tls.Config{Certificates: certificates, MinVersion: distribution.MinTLSVersion, NextProtos: distribution.ALPN}, handshake.Request{}},
		{&s.PlainURL, "ws", nil, handshake.Request{Plain: true}},
		{&s.APIURL, "wss", &tls.Config{Certificates: certificates, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}, handshake.Request{Direct: true}},
	} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, errors.Join(fmt.Errorf("handshaketest: listen: %w", err), s.Close())
		}
		s.listeners = append(s.listeners, listener)
		*part.url = part.scheme + "://" + listener.Addr().String()
		s.start(listener, part.tls, part.base)
	}
	return s, nil
}

func (s *Server) start(listener net.Listener, config *tls.Config, base handshake.Request) {
	base.Distribution, base.ViewerIP, base.Country, base.EdgeRegion = s.options.Distribution, s.options.ViewerIP, s.options.Country, s.options.EdgeRegion
	base.Exact = true
	server := &http.Server{Handler: &handler{s.model, base, &s.log, s.open},
		TLSConfig: config, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10, ErrorLog: log.New(io.Discard, "", 0)}
	s.servers = append(s.servers, server)
	s.open.running.Add(1)
	go func() {
		defer s.open.running.Done()
		if config == nil {
			_ = server.Serve(listener) // ends with Close
			return
		}
		_ = server.ServeTLS(listener, "", "")
	}()
}

// CertPool has the server's certificate.
func (s *Server) CertPool() *x509.CertPool { return s.pool }

// Certificate is the server's certificate, to be written for clients that are other
// programs.
func (s *Server) Certificate() *x509.Certificate { return s.cert.Leaf }

// Client is an HTTP client that trusts the server's certificate and follows no
// redirect, as WebSocket clients do not.
func (s *Server) Client() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.pool, MinVersion: tls.VersionTLS12}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Dial connects a WebSocket client to the edge. path begins with a slash and may have a
// query string. options may be nil; an HTTPClient in it replaces [Server.Client]. The
// error of a handshake that did not get through is a [*handshake.Refusal].
func (s *Server) Dial(ctx context.Context, path string, options *websocket.DialOptions) (*websocket.Conn, error) {
	return s.dial(ctx, s.URL, path, options)
}

// DialPlain is Dial without TLS.
func (s *Server) DialPlain(ctx context.Context, path string, options *websocket.DialOptions) (*websocket.Conn, error) {
	return s.dial(ctx, s.PlainURL, path, options)
}

// DialAPI connects to the API itself, around the edge, with the API's own Host. path
// begins with the stage; an empty one is that of the distribution's API. The error of a
// refusal is a [*handshake.Refusal].
func (s *Server) DialAPI(ctx context.Context, path string, options *websocket.DialOptions) (*websocket.Conn, error) {
	distribution, err := s.model.Distribution(s.options.Distribution)
	if err != nil {
		return nil, fmt.Errorf("handshaketest: %w", err)
	}
	api := distribution.API
	if api == nil {
		return nil, fmt.Errorf("handshaketest: distribution %s leads to no WebSocket API", distribution.ID)
	}
	o := websocket.DialOptions{}
	if options != nil {
		o = *options
	}
	if o.Host == "" {
		o.Host = api.Host
	}
	if path == "" {
		path = api.Path
	}
	return s.dial(ctx, s.APIURL, path, &o)
}

func (s *Server) dial(ctx context.Context, base, path string, options *websocket.DialOptions) (*websocket.Conn, error) {
	if !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("handshaketest: path %q must begin with a slash; the server's own address is put in front of it", path)
	}
	o := websocket.DialOptions{}
	if options != nil {
		o = *options
	}
	if o.HTTPClient == nil {
		o.HTTPClient = s.Client()
	}
	conn, response, err := websocket.Dial(ctx, base+path, &o)
	if response != nil {
		if refusal := s.log.refusal(response.Header); refusal != nil {
			if conn != nil {
				_ = conn.CloseNow()
			}
			return nil, refusal
		}
	}
	if err != nil {
		return nil, fmt.Errorf("handshaketest: %w", err)
	}
	return conn, nil
}

// Reports are the ways of all handshakes so far, in the order in which they ended; the
// last thousand are kept.
func (s *Server) Reports() []*handshake.Report { return s.log.all() }

// Last is the way of the handshake that ended last; nil before the first.
func (s *Server) Last() *handshake.Report {
	if reports := s.Reports(); len(reports) > 0 {
		return reports[len(reports)-1]
	}
	return nil
}

// Notes are what was assumed or left out while messages were answered.
func (s *Server) Notes() []handshake.Note { return s.log.allNotes() }

// Close closes the server and all its connections. It may be called again.
func (s *Server) Close() error {
	for _, server := range s.servers {
		_ = server.Close()
	}
	for _, listener := range s.listeners {
		_ = listener.Close() // closed already where a server had it
	}
	s.open.close()
	s.open.running.Wait()
	return nil
}
