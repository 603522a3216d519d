package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const urlHelp = `wscheck url tries a live WebSocket endpoint and says what can be seen of it from
outside: DNS, TLS, the handshake, a ping, ws:// refused, and with --direct the same
for the API without the edge. For a refusal it lists the likely causes.

Usage:
  wscheck url URL [options]

Example:
  wscheck url wss://d111111abcdef8.cloudfront.net --direct wss://abc123.execute-api.eu-west-1.amazonaws.com/prod --count 20
`

// urlOptions are the flags of wscheck url and wscheck outputs.
type urlOptions struct {
	direct, directHost, plain, send, expect, origin, subprotocol, ca string
	header                                                           pairs
	count                                                            int
	timeout                                                          time.Duration
	insecure, locked, json                                           bool
}

// urlResult is the outcome for one endpoint.
type urlResult struct {
	URL    string      `json:"url"`
	Stack  string      `json:"stack,omitempty"`
	OK     bool        `json:"ok"`
	Checks []check     `json:"checks"`
	Causes []string    `json:"causes,omitempty"`
	Times  []timeTable `json:"times,omitempty"`
}

// timeTable is how long handshakes took, in milliseconds.
type timeTable struct {
	Name  string  `json:"name"`
	Count int     `json:"count"`
	P50   float64 `json:"p50"`
	P95   float64 `json:"p95"`
	Max   float64 `json:"max"`
}

func (o *urlOptions) flags(flags *flag.FlagSet) {
	flags.StringVar(&o.send, "send", "", "`message` to send once connected")
	flags.StringVar(&o.expect, "expect", "", "`text` that the next message must contain")
	flags.StringVar(&o.origin, "origin", "", "Origin `header` of a browser")
	flags.StringVar(&o.subprotocol, "subprotocol", "", "subprotocol `name` to ask for")
	flags.Var(&o.header, "header", "header `name=value`; may be repeated")
	flags.IntVar(&o.count, "count", 1, "`number` of handshakes to time")
	flags.DurationVar(&o.timeout, "timeout", 10*time.Second, "longest `time` for one handshake or answer")
	flags.BoolVar(&o.locked, "locked", false, "direct access must be refused")
	flags.StringVar(&o.plain, "plain", "", "`URL` for the ws:// check (default: the host on port 80; \"none\" leaves it out)")
	flags.StringVar(&o.directHost, "direct-host", "", "Host `header` for --direct (default: that of the URL)")
	flags.StringVar(&o.ca, "ca", "", "`file` of certificates in PEM to trust, for an endpoint of your own")
	flags.BoolVar(&o.insecure, "insecure", false, "do not verify certificates, for an endpoint of your own")
	flags.BoolVar(&o.json, "json", false, "print JSON")
}

func (o *urlOptions) prober() (*prober, error) {
	p := &prober{insecure: o.insecure, timeout: o.timeout, subprotocol: o.subprotocol, header: http.Header{}}
	for i, name := range o.header.names {
		p.header.Add(name, o.header.values[i])
	}
	if o.origin != "" {
		p.header.Set("Origin", o.origin)
	}
	if o.count < 1 || o.count > 10_000 {
		return nil, fmt.Errorf("--count must be 1 to 10000, got %d", o.count)
	}
	if o.timeout <= 0 {
		return nil, fmt.Errorf("--timeout must be more than 0, got %v", o.timeout)
	}
	if o.ca != "" {
		roots, err := loadRoots(o.ca)
		if err != nil {
			return nil, fmt.Errorf("--ca: %w", err)
		}
		p.roots = roots
	}
	return p, nil
}

func (c *command) url(args []string) int {
	o := &urlOptions{}
	flags := flag.NewFlagSet("url", flag.ContinueOnError)
	o.flags(flags)
	flags.StringVar(&o.direct, "direct", "", "`URL` of the API itself, wss://…execute-api…/stage")
	target, err := c.parse(flags, urlHelp, args)
	if err != nil {
		return c.usageOf("url", err)
	}
	p, err := o.prober()
	if err != nil {
		return c.usageOf("url", err)
	}
	for _, u := range []string{target, o.direct} {
		if u == "" {
			continue
		}
		if _, err := endpoint(u); err != nil {
			return c.usageOf("url", err)
		}
	}
	result := c.try(p, o, target, o.direct)
	if o.json {
		c.json(result)
	} else {
		c.printURL(result)
	}
	if !result.OK {
		return exitNo
	}
	return exitOK
}

// endpoint checks a URL that was given.
func endpoint(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "wss" || u.Host == "" {
		return nil, fmt.Errorf("%q is not of the form wss://host/path", text)
	}
	return u, nil
}

// try runs all checks of one endpoint.
func (c *command) try(p *prober, o *urlOptions, target, direct string) *urlResult {
	ctx := context.Background()
	r := &urlResult{URL: target, OK: true}
	add := func(ok bool, name, format string, args ...any) {
		k := check{Name: name, Result: "ok", Text: fmt.Sprintf(format, args...)}
		if !ok {
			k.Result, r.OK = "fails", false
		}
		r.Checks = append(r.Checks, k)
	}
	info := func(name, format string, args ...any) {
		r.Checks = append(r.Checks, check{Name: name, Result: "info", Text: fmt.Sprintf(format, args...)})
	}
	u, err := endpoint(target)
	if err != nil {
		add(false, "URL", "%v", err)
		return r
	}
	p.dns(ctx, u.Hostname(), add, info)

	first := p.dial(ctx, target, "")
	if first.TLS != "" {
		add(first.TLS == "TLS 1.2" || first.TLS == "TLS 1.3", "TLS", "%s", first.TLS)
		add(first.ALPN == "http/1.1" || first.ALPN == "", "HTTP/1.1 by ALPN", "%s", orNone(first.ALPN))
	}
	if first.err != nil {
		add(false, "handshake", "%s", describe(first))
		r.Causes = causes(first.Status, first.Header)
		if reason := first.Header.Get("X-Handshake-Reason"); reason != "" {
			r.Causes = append([]string{reason + "; " + first.Header.Get("X-Handshake-Fix")}, r.Causes...)
		}
	} else {
		add(true, "handshake", "101 with the right Sec-WebSocket-Accept, in %s", milliseconds(first.Took))
		if o.subprotocol != "" {
			add(first.Subprotocol == o.subprotocol, "subprotocol", "asked for %s, got %s", o.subprotocol, orNone(first.Subprotocol))
		}
		ping, answer, err := p.converse(ctx, first.conn, o.send, o.expect)
		switch {
		case ping == 0:
			add(false, "ping", "%v", err)
		default:
			add(true, "ping", "answered in %s", milliseconds(ping))
			if o.send != "" || o.expect != "" {
				add(err == nil && strings.Contains(answer, o.expect), "message", "%s", messageText(o, answer, err))
			}
		}
		_ = first.conn.CloseNow()
	}
	c.plain(ctx, p, o, u, add, info)
	edgeTimes := c.time(ctx, p, o, target, "", "edge", first)
	if edgeTimes.Count > 0 {
		r.Times = append(r.Times, edgeTimes)
	}
	if direct == "" {
		return r
	}
	d := p.dial(ctx, direct, o.directHost)
	switch {
	case d.err == nil:
		_ = d.conn.CloseNow()
		if o.locked {
			add(false, "direct access refused", "the API answers 101 without the edge: set ApiKeyRequired on $connect (package originlock)")
		} else {
			info("direct access", "the API answers 101 without the edge; --locked makes that a failure")
		}
		r.Times = append(r.Times, c.time(ctx, p, o, direct, o.directHost, "direct", d))
	case d.Status == 0:
		info("direct access", "%s", describe(d))
	default:
		add(true, "direct access refused", "%s", describe(d))
	}
	return r
}

type reporter func(ok bool, name, format string, args ...any)
type informer func(name, format string, args ...any)

// dns looks the name up.
func (p *prober) dns(ctx context.Context, host string, add reporter, info informer) {
	if net.ParseIP(host) != nil {
		info("DNS", "%s is an address", host)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupIPAddr(ctx, host)
	if err != nil {
		add(false, "DNS", "%v", err)
		return
	}
	v4, v6 := 0, 0
	for _, a := range addresses {
		if a.IP.To4() != nil {
			v4++
		} else {
			v6++
		}
	}
	add(v4 > 0, "DNS A", "%d addresses", v4)
	if v6 > 0 {
		add(true, "DNS AAAA", "%d addresses", v6)
	} else {
		info("DNS AAAA", "none: no IPv6")
	}
}

// plain checks that ws:// is refused.
func (c *command) plain(ctx context.Context, p *prober, o *urlOptions, u *url.URL, add reporter, info informer) {
	if o.plain == "none" {
		return
	}
	target := o.plain
	if target == "" {
		plain := *u
		plain.Scheme, plain.Host = "ws", u.Hostname()
		target = plain.String()
	}
	a := p.dial(ctx, target, "")
	switch {
	case a.err == nil:
		_ = a.conn.CloseNow()
		add(false, "ws:// refused", "ws:// answers 101: set the viewer protocol policy to https-only")
	case a.Status == 0:
		info("ws:// refused", "nothing answers at %s: %s", target, describe(a))
	default:
		add(true, "ws:// refused", "%d", a.Status)
	}
}

// time makes --count handshakes, the first of which has been made.
func (c *command) time(ctx context.Context, p *prober, o *urlOptions, target, host, name string, first *attempt) timeTable {
	t := timeTable{Name: name}
	if first.err != nil {
		return t
	}
	took := []time.Duration{first.Took}
	for i := 1; i < o.count; i++ {
		c.progress(name, i, o.count)
		a := p.dial(ctx, target, host)
		if a.err != nil {
			continue
		}
		_ = a.conn.CloseNow()
		took = append(took, a.Took)
	}
	c.progress("", o.count, o.count)
	slices.Sort(took)
	at := func(q float64) float64 {
		i := int(math.Ceil(q*float64(len(took)))) - 1
		return float64(took[max(i, 0)].Microseconds()) / 1000
	}
	t.Count, t.P50, t.P95, t.Max = len(took), at(0.5), at(0.95), at(1)
	return t
}

// progress draws a bar on a terminal.
func (c *command) progress(name string, done, of int) {
	if !c.terminal || of < 2 {
		return
	}
	if name == "" {
		fmt.Fprintf(c.stderr, "\r%60s\r", "")
		return
	}
	full := 30 * done / of
	fmt.Fprintf(c.stderr, "\r%-8s [%s%s] %d/%d", name, strings.Repeat("#", full), strings.Repeat(" ", 30-full), done, of)
}

func (c *command) printURL(r *urlResult) {
	verdict := "handshake ok"
	if !r.OK {
		verdict = "not ok"
	}
	if r.Stack != "" {
		fmt.Fprintf(c.stdout, "%s  %s  %s\n", verdict, r.Stack, r.URL)
	} else {
		fmt.Fprintf(c.stdout, "%s  %s\n", verdict, r.URL)
	}
	printChecks(c, r.Checks)
	if len(r.Causes) > 0 {
		fmt.Fprintln(c.stdout, "likely causes, in the order to check:")
		for i, cause := range r.Causes {
			fmt.Fprintf(c.stdout, "  %d. %s\n", i+1, cause)
		}
	}
	if len(r.Times) > 0 {
		fmt.Fprintf(c.stdout, "%-8s %6s %9s %9s %9s\n", "ms", "count", "p50", "p95", "max")
		for _, t := range r.Times {
			fmt.Fprintf(c.stdout, "%-8s %6d %9.1f %9.1f %9.1f\n", t.Name, t.Count, t.P50, t.P95, t.Max)
		}
	}
}

// describe says how a handshake failed.
func describe(a *attempt) string {
	if a.Status == 0 {
		var unknown *tls.CertificateVerificationError
		if errors.As(a.err, &unknown) {
			return "the certificate is not trusted: " + unknown.Err.Error()
		}
		return rootCause(a.err)
	}
	parts := []string{fmt.Sprint(a.Status)}
	if a.Status == http.StatusSwitchingProtocols {
		parts = append(parts, rootCause(a.err))
	}
	for _, name := range []string{"X-Amzn-Errortype", "X-Cache", "Server", "Location"} {
		if v := a.Header.Get(name); v != "" {
			parts = append(parts, strings.ToLower(name)+": "+v)
		}
	}
	return strings.Join(parts, ", ")
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

func messageText(o *urlOptions, answer string, err error) string {
	switch {
	case err != nil:
		return err.Error()
	case o.expect == "":
		return "sent"
	case strings.Contains(answer, o.expect):
		return "got " + answer
	}
	return fmt.Sprintf("got %s, expected %q in it", answer, o.expect)
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
