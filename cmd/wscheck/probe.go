package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// prober tries live endpoints.
type prober struct {
	roots       *x509.CertPool
	insecure    bool
	timeout     time.Duration
	header      http.Header
	subprotocol string
}

// attempt is what one handshake showed.
type attempt struct {
	URL         string        `json:"url"`
	Status      int           `json:"status"`
	TLS         string        `json:"tls,omitempty"`
	ALPN        string        `json:"alpn,omitempty"`
	Subprotocol string        `json:"subprotocol,omitempty"`
	Took        time.Duration `json:"-"`
	Error       string        `json:"error,omitempty"`
	Header      http.Header   `json:"header,omitempty"`

	err  error
	conn *websocket.Conn
}

// dial makes one handshake. The connection, if there is one, is the caller's to
// close.
func (p *prober) dial(ctx context.Context, target, host string) *attempt {
	a := &attempt{URL: target}
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	var mu sync.Mutex
	config := &tls.Config{RootCAs: p.roots, InsecureSkipVerify: p.insecure, NextProtos: []string{"http/1.1"}}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment}
	transport.DialTLSContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		name, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		own := config.Clone()
		own.ServerName = name
		conn, err := (&tls.Dialer{Config: own}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		state := conn.(*tls.Conn).ConnectionState()
		mu.Lock()
		defer mu.Unlock()
		a.TLS, a.ALPN = tls.VersionName(state.Version), state.NegotiatedProtocol
		return conn, nil
	}
	defer transport.CloseIdleConnections()
	options := &websocket.DialOptions{HTTPHeader: p.header, Host: host, HTTPClient: &http.Client{Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if p.subprotocol != "" {
		options.Subprotocols = []string{p.subprotocol}
	}
	start := time.Now()
	conn, response, err := websocket.Dial(ctx, target, options)
	a.Took = time.Since(start)
	if response != nil {
		a.Status, a.Header = response.StatusCode, response.Header
	}
	if err != nil {
		a.err, a.Error = err, err.Error()
		return a
	}
	a.conn, a.Subprotocol = conn, conn.Subprotocol()
	return a
}

// converse sends pings and messages over an open connection.
func (p *prober) converse(ctx context.Context, conn *websocket.Conn, send, expect string) (ping time.Duration, answer string, err error) {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	messages := make(chan string, 16)
	failed := make(chan error, 1)
	// A ping is answered only while somebody reads.
	go func() {
		for {
			_, message, err := conn.Read(ctx)
			if err != nil {
				failed <- err
				return
			}
			select {
			case messages <- string(message):
			case <-ctx.Done():
				return
			}
		}
	}()
	start := time.Now()
	if err := conn.Ping(ctx); err != nil {
		return 0, "", fmt.Errorf("the ping was not answered: %w", err)
	}
	ping = time.Since(start)
	if send == "" && expect == "" {
		return ping, "", nil
	}
	if send != "" {
		if err := conn.Write(ctx, websocket.MessageText, []byte(send)); err != nil {
			return ping, "", fmt.Errorf("send: %w", err)
		}
	}
	if expect == "" {
		return ping, "", nil
	}
	select {
	case answer = <-messages:
		return ping, answer, nil
	case err := <-failed:
		return ping, "", fmt.Errorf("no message came: %w", err)
	case <-ctx.Done():
		return ping, "", errors.New("no message came in time")
	}
}

// loadRoots reads certificates that are trusted beside none others.
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
