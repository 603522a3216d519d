package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// probeOptions say what to try. URL is the one that is required.
type probeOptions struct {
	// URL is the endpoint, wss.
	URL *url.URL
	// Direct is the API itself, wss, or nil. It gets what the endpoint gets: the
	// headers, the subprotocol, and the endpoint's query string unless it has its
	// own. Only so does a refusal prove that the edge makes the difference. The path
	// and a user in the URL stay with their host.
	Direct *url.URL
	// DirectHost is the Host header for Direct; empty for that of the URL.
	DirectHost string
	// Plain is where ws:// must be refused, without user and query string. nil is
	// the endpoint's host on port 80, asked for "/".
	Plain *url.URL
	// SkipPlain leaves that check out.
	SkipPlain bool

	Header       http.Header
	Subprotocol  string
	Send, Expect string
	// Count is how many handshakes are timed.
	Count   int
	Timeout time.Duration
	// Roots are the certificates to trust; nil for the system's.
	Roots *x509.CertPool
	// Insecure looks at what answers although its certificate is not accepted. It
	// then gets nothing of the user's.
	Insecure bool
	// Locked says that Direct must be refused.
	Locked bool
	// IPv6 says that the endpoint must be reached by IPv6.
	IPv6 bool

	// Step is told what is being done, and how many of how many are done. It may be
	// nil.
	Step func(what string, done, of int)
	// lookup and proxy are those of the system unless a test sets them.
	lookup func(ctx context.Context, host string) ([]netip.Addr, error)
	proxy  func(*http.Request) (*url.URL, error)
}

// probeResult is what was seen of one endpoint.
type probeResult struct {
	URL   string `json:"url"`
	Stack string `json:"stack,omitempty"`
	// OK says that every check is: none fails and none is unproven.
	OK bool `json:"ok"`
	// Result is ok, fails or not proven.
	Result string `json:"result"`
	// Interrupted says that the rest was not tried.
	Interrupted bool `json:"interrupted,omitempty"`
	// Checks are in the order in which a connection meets them.
	Checks []check `json:"checks"`
	// Answer is the refusal of the handshake, if one came.
	Answer *answer     `json:"answer,omitempty"`
	Causes []likely    `json:"causes,omitempty"`
	Times  []timeTable `json:"times,omitempty"`
}

// answer is what a refusal looked like, without anything that could be secret.
type answer struct {
	Status  int      `json:"status"`
	Headers []string `json:"headers"`
	Body    []string `json:"body,omitempty"`
}

// timeTable is how long handshakes took, in milliseconds.
type timeTable struct {
	Name  string  `json:"name"`
	Count int     `json:"count"`
	P50   float64 `json:"p50"`
	P95   float64 `json:"p95"`
	Max   float64 `json:"max"`
}

// prober is one run of probe.
type prober struct {
	*probeOptions
	dialer *dialer
	scrub  *scrubber
	result *probeResult
	// v6 are the name's IPv6 addresses; proxied says that a proxy looks it up.
	v6      []string
	proxied bool
}

// probe tries a live endpoint. When ctx is canceled it returns what it had.
func probe(ctx context.Context, o *probeOptions) *probeResult {
	p := &prober{probeOptions: o, scrub: newScrubber(o), result: &probeResult{URL: redactURL(o.URL)},
		dialer: &dialer{roots: o.Roots, timeout: o.Timeout, proxy: o.proxy}}
	if p.dialer.proxy == nil {
		p.dialer.proxy = http.ProxyFromEnvironment
	}
	if o.lookup == nil {
		o.lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	p.run(ctx)
	p.result.Interrupted = ctx.Err() != nil
	p.result.conclude()
	return p.result
}

// conclude sets the result from the checks.
func (r *probeResult) conclude() {
	r.Result = ok
	for _, k := range r.Checks {
		switch {
		case k.Result == fails:
			r.Result = fails
		case k.Result == notProven && r.Result == ok:
			r.Result = notProven
		}
	}
	if r.Interrupted && r.Result == ok {
		r.Result = notProven
	}
	r.OK = r.Result == ok
}

// add keeps a check. Foreign parts of its text have been scrubbed already; the whole
// is once more, for what is long enough to be a secret.
func (p *prober) add(result, name, format string, args ...any) {
	p.result.Checks = append(p.result.Checks, check{Name: name, Result: result, Text: p.scrub.own(fmt.Sprintf(format, args...))})
}

func (p *prober) step(what string, done, of int) {
	if p.Step != nil {
		p.Step(what, done, of)
	}
}

func (p *prober) run(ctx context.Context) {
	full := request{url: p.URL, header: p.Header, subprotocol: p.Subprotocol}
	p.name(ctx)
	if ctx.Err() != nil {
		return
	}
	p.step("handshake", 0, 0)
	first := p.dialer.dial(ctx, full)
	reached := first
	if p.Insecure && first.certificateFailed() {
		p.step("handshake without verified TLS", 0, 0)
		bare := full.bare()
		bare.unverified = true
		reached = p.dialer.dial(ctx, bare)
	}
	// A request with nothing in it is the bare one: it may go on as that did.
	full.unverified = reached != first && full.isBare()
	p.way(reached)
	through := p.handshake(ctx, first, reached, full)
	defer func() {
		if reached.conn != nil {
			_ = reached.conn.CloseNow()
		}
	}()
	p.conversation(ctx, reached, through)
	if ctx.Err() != nil {
		return
	}
	p.ipv6(ctx, full, through)
	p.plain(ctx, through)
	if through {
		p.time(ctx, "edge", full, reached)
	}
	var direct *attempt
	if ctx.Err() == nil {
		direct = p.direct(ctx, through)
	}
	if !through && ctx.Err() == nil {
		evidence := reached
		if !full.isBare() {
			evidence = first // whatever a bare handshake meets, this is where the user's ended
		}
		p.result.Causes = causesOf(evidence, direct)
	}
}

// name looks the name up.
func (p *prober) name(ctx context.Context) {
	host := p.URL.Hostname()
	if proxy, err := p.dialer.proxy(&http.Request{URL: &url.URL{Scheme: "https", Host: p.URL.Host}}); err == nil && proxy != nil {
		p.add(info, "name", "left to the proxy %s", redactURL(&url.URL{Scheme: proxy.Scheme, Host: proxy.Host}))
		p.proxied = true
		return
	}
	if _, err := netip.ParseAddr(host); err == nil {
		p.add(info, "name", "%s is an address", host)
		return
	}
	p.step("name", 0, 0)
	within, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	addresses, err := p.lookup(within, host)
	switch {
	case ctx.Err() != nil:
		p.add(notProven, "name", "interrupted")
		return
	case err != nil:
		p.add(fails, "name", "%s: %s", host, rootCause(err))
		return
	}
	var v4, v6 []string
	for _, address := range addresses {
		if address.Unmap().Is4() {
			v4 = append(v4, address.Unmap().String())
		} else {
			v6 = append(v6, address.String())
		}
	}
	p.add(ok, "name", "%s: %s", host, strings.Join(slices.Concat(v4, v6), ", "))
	p.v6 = v6
}

// ipv6 reports whether the endpoint is reached by IPv6. That this machine has none
// says nothing of the endpoint, so it counts only where --ipv6 asked for it.
func (p *prober) ipv6(ctx context.Context, full request, through bool) {
	const name = "IPv6"
	unknown := map[bool]string{true: notProven, false: info}[p.IPv6]
	address, err := netip.ParseAddr(p.URL.Hostname())
	switch {
	case p.proxied:
		if p.IPv6 {
			p.add(unknown, name, "a proxy is in between")
		}
		return
	case err == nil:
		if p.IPv6 && address.Is4() {
			p.add(fails, name, "the URL has an IPv4 address")
		}
		return
	case len(p.v6) == 0:
		p.add(map[bool]string{true: fails, false: info}[p.IPv6], name, "the name has no IPv6 address")
		return
	case !through:
		if p.IPv6 {
			p.add(unknown, name, "the handshake does not get through at all")
		}
		return
	}
	p.step(name, 0, 0)
	full.network = "tcp6"
	a := p.dialer.dial(ctx, full)
	switch {
	case a.err == nil:
		_ = a.conn.CloseNow()
		p.add(ok, name, "101 by %s", a.address)
	case a.ended == atName, a.ended == atAddress:
		p.add(unknown, name, "no connection from here, and this machine may have no IPv6: %s", p.words(a))
	default:
		p.add(fails, name, "%s", p.seen(a))
	}
}

// way reports address and TLS.
func (p *prober) way(a *attempt) {
	switch {
	case a.address != "":
		text := "connected to " + a.address
		if len(a.failed) > 0 {
			text += "; not to " + strings.Join(a.failed, ", ")
		}
		p.add(ok, "address", "%s", text)
	case a.ended == atAddress:
		p.add(fails, "address", "%s", p.words(a))
		return
	default:
		return
	}
	switch {
	case a.tls != nil:
		text := tls.VersionName(a.tls.Version)
		if len(a.tls.PeerCertificates) > 0 {
			leaf := a.tls.PeerCertificates[0]
			text += fmt.Sprintf(", certificate for %s until %s", orNone(strings.Join(leaf.DNSNames, ", ")), leaf.NotAfter.Format(time.DateOnly))
		}
		if len(a.tls.VerifiedChains) == 0 {
			p.add(info, "TLS", "%s, not accepted", text)
			return
		}
		p.add(ok, "TLS", "%s", text)
	case a.ended == atTLS:
		p.add(fails, "TLS", "%s", p.words(a))
	}
}

// handshake reports the handshake, and whether the user's own got through. first is
// the user's; reached is the one that got furthest, which is another one where the
// certificate was not accepted.
func (p *prober) handshake(ctx context.Context, first, reached *attempt, full request) bool {
	if first != reached {
		// The certificate is not accepted, and --insecure says to look all the same.
		reason := p.words(first)
		if !full.isBare() || p.Send != "" {
			p.add(notProven, "handshake", "%s; so nothing of yours was sent: give the certificate's issuer with --ca to try it (without it: %s)", reason, p.seen(reached))
			p.keep(reached)
			return false
		}
		p.add(info, "certificate", "%s; --insecure goes on", reason)
	}
	switch {
	case ctx.Err() != nil && reached.err != nil && reached.ended != answered:
		p.add(notProven, "handshake", "interrupted while waiting for: %s", reached.ended)
		return false
	case reached.err == nil:
		p.add(ok, "handshake", "101 with the right Sec-WebSocket-Accept, in %s", milliseconds(reached.took))
		if p.Subprotocol != "" {
			p.subprotocol(reached)
		}
		return true
	case reached.ended == answered:
		p.add(fails, "handshake", "%s", p.seen(reached))
		p.keep(reached)
	case reached.ended == atHTTP:
		p.add(fails, "handshake", "%s", p.words(reached))
	default:
		p.add(fails, "handshake", "did not get to it: %s", p.words(reached))
	}
	return false
}

// words says in a line why there was no answer.
func (p *prober) words(a *attempt) string { return p.scrub.foreign(a.words(p.Timeout)) }

// seen is an answer in a few words.
func (p *prober) seen(a *attempt) string {
	switch {
	case a.err == nil:
		return "101"
	case a.ended != answered:
		return p.words(a)
	case a.status == http.StatusSwitchingProtocols:
		return "101, but " + p.scrub.foreign(rootCause(a.err))
	}
	text := strings.TrimSpace(fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)))
	for _, name := range []string{"X-Amzn-Errortype", "X-Cache"} {
		if v := a.header.Get(name); v != "" {
			text += ", " + strings.ToLower(name) + ": " + p.scrub.foreign(short(v, 100))
		}
	}
	return text
}

// keep keeps what a refusal looked like.
func (p *prober) keep(a *attempt) {
	if a.ended != answered || a.err == nil {
		return
	}
	p.result.Answer = &answer{Status: a.status, Headers: p.scrub.header(a.header), Body: p.scrub.body(a.body, a.header.Get("Content-Type"))}
	// The local edge of package handshake knows why it refused.
	if reason := a.header.Get("X-Handshake-Reason"); reason != "" {
		p.add(info, "local edge", "%s; %s", p.scrub.foreign(short(reason, 400)), p.scrub.foreign(short(a.header.Get("X-Handshake-Fix"), 400)))
	}
}

// subprotocol checks what was chosen. The names stay unsaid: clients send tokens so.
func (p *prober) subprotocol(a *attempt) {
	switch a.subprotocol {
	case p.Subprotocol:
		p.add(ok, "subprotocol", "$connect returned the one that was asked for")
	case "":
		p.add(fails, "subprotocol", "$connect returned none; browsers close the connection then")
	default:
		p.add(fails, "subprotocol", "$connect returned another than was asked for; browsers close the connection then")
	}
}

// conversation pings and sends. What was asked for and could not be tried is said.
func (p *prober) conversation(ctx context.Context, a *attempt, through bool) {
	if !through {
		if p.Send != "" || p.Expect != "" {
			p.add(notProven, "message", "there was no connection to send it on")
		}
		return
	}
	p.step("ping", 0, 0)
	ping, message, err := p.converse(ctx, a.conn)
	answer := p.scrub.foreign(short(message, 200))
	switch {
	case ctx.Err() != nil:
		p.add(notProven, "ping", "interrupted")
		return
	case ping == 0:
		p.add(fails, "ping", "%s", p.scrub.foreign(rootCause(err)))
		return
	}
	p.add(ok, "ping", "answered in %s", milliseconds(ping))
	switch {
	case p.Send == "" && p.Expect == "":
	case err != nil:
		p.add(fails, "message", "%s", p.scrub.foreign(err.Error()))
	case p.Expect == "":
		// That it was written says nothing of the API.
		p.add(info, "message", "sent; --expect checks the answer")
	case strings.Contains(message, p.Expect):
		p.add(ok, "message", "got %s", answer)
	default:
		p.add(fails, "message", "got %s, expected %q in it", answer, p.Expect)
	}
}

// converse sends a ping and a message over an open connection.
func (p *prober) converse(ctx context.Context, conn *websocket.Conn) (ping time.Duration, answer string, err error) {
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
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
	ping = max(time.Since(start), 1)
	if p.Send != "" {
		if err := conn.Write(ctx, websocket.MessageText, []byte(p.Send)); err != nil {
			return ping, "", fmt.Errorf("the message was not sent: %w", err)
		}
	}
	if p.Expect == "" {
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

// plain checks that ws:// is refused, with a handshake that has nothing of the
// user's in it.
//
// It is proven only by an answer that CloudFront gives to plain HTTP alone: its 403,
// or its redirect to https. Where nothing answers, something on the way may have cut
// the connection that would be open for others; where the handshake is refused over
// TLS too, the refusal is not about ws://. And what is refused at "/" may be open at
// the endpoint's own path, which is another behavior's and is not sent.
func (p *prober) plain(ctx context.Context, through bool) {
	if p.SkipPlain {
		return
	}
	const name = "ws:// refused"
	target := p.Plain
	if target == nil {
		target = &url.URL{Scheme: "ws", Host: urlHost(p.URL.Hostname()), Path: "/"}
	}
	p.step("ws://", 0, 0)
	a := p.dialer.dial(ctx, request{url: target})
	if a.conn != nil {
		_ = a.conn.CloseNow()
	}
	where := redactURL(target)
	elsewhere := p.Plain == nil && p.URL.EscapedPath() != "" && p.URL.EscapedPath() != "/"
	switch {
	case a.err == nil:
		p.add(fails, name, "%s answers 101: set the viewer protocol policy to https-only", where)
	case ctx.Err() != nil:
		p.add(notProven, name, "interrupted")
	case a.ended != answered:
		p.add(notProven, name, "%s does not answer from here (%s): try from another network, or leave it out with --plain none", where, p.words(a))
	case a.gateway():
		p.add(fails, name, "%s reaches the API, which answers %d: set the viewer protocol policy to https-only", where, a.status)
	case !through:
		p.add(notProven, name, "%s answers %d, and wss:// did not get through either", where, a.status)
	case !refusesPlain(a, target):
		p.add(notProven, name, "%s answers %s, which is neither CloudFront's 403 for plain HTTP nor its redirect to https", where, p.seen(a))
	case elsewhere:
		p.add(notProven, name, "%s answers %d, but your path, which is not sent in the clear, may be another behavior's: name one that may be read with --plain ws://…, or leave the check out with --plain none", where, a.status)
	default:
		p.add(ok, name, "%s answers %d", where, a.status)
	}
}

// refusesPlain tells that an answer is what CloudFront gives to plain HTTP alone: by
// its viewer protocol policy, and not for a web ACL, a country, an edge function or
// an origin.
func refusesPlain(a *attempt, target *url.URL) bool {
	if rule := a.header.Get("X-Handshake-Rule"); rule != "" { // the local edge of package handshake
		return strings.HasPrefix(rule, "edge.viewer-protocol")
	}
	switch a.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		location, err := url.Parse(a.header.Get("Location"))
		return err == nil && a.cloudFront() && location.Scheme == "https" && strings.EqualFold(location.Hostname(), target.Hostname())
	case http.StatusForbidden:
		s := symptomOf(a)
		return a.cloudFront() && strings.Contains(a.body, "The request could not be satisfied") &&
			(slices.Contains(s.causes, "not-enabled") || slices.Contains(s.causes, "custom-403"))
	}
	return false
}

// direct tries the API itself.
//
// That it is locked is proven only by API Gateway's own 401 or 403 to a handshake
// that gets through by way of the edge: then the edge adds what makes the difference.
// An API that cannot be reached, or that answers anything else, has proven nothing,
// and neither has one that refuses what the edge's way refuses as well.
func (p *prober) direct(ctx context.Context, through bool) *attempt {
	const name = "direct access refused"
	if p.Direct == nil {
		if p.Locked {
			p.add(notProven, name, "the API's own address is not known (output CallbackUrl, or --direct)")
		}
		return nil
	}
	target := *p.Direct
	if target.RawQuery == "" {
		target.RawQuery = p.URL.RawQuery
	}
	q := request{url: &target, host: p.DirectHost, header: p.Header, subprotocol: p.Subprotocol}
	p.step("direct access", 0, 0)
	a := p.dialer.dial(ctx, q)
	switch {
	case a.err == nil:
		_ = a.conn.CloseNow()
		if p.Locked {
			p.add(fails, name, "the API answers 101 without the edge: set ApiKeyRequired on $connect (package originlock)")
		} else {
			p.add(info, "direct access", "the API answers 101 without the edge; --locked makes that a failure")
		}
		p.time(ctx, "direct", q, a)
	case ctx.Err() != nil:
		p.add(notProven, name, "interrupted")
	case a.ended != answered:
		p.add(notProven, name, "the API did not answer: %s", p.words(a))
	case a.status != http.StatusForbidden && a.status != http.StatusUnauthorized:
		p.add(notProven, name, "the API answers %s, which is no refusal", p.seen(a))
	case !a.gateway():
		p.add(notProven, name, "%s has no mark of API Gateway's: something else answered", p.seen(a))
	case !through:
		p.add(notProven, name, "%s, but the handshake did not get through the edge either", p.seen(a))
	default:
		p.add(ok, name, "%s, where the edge gets through", p.seen(a))
	}
	return a
}

// time makes --count handshakes, the first of which has been made. One that fails is
// a failure, and not one less to count.
func (p *prober) time(ctx context.Context, name string, q request, first *attempt) {
	took := []time.Duration{first.took}
	var failed []*attempt
	for i := 1; i < p.Count && ctx.Err() == nil; i++ {
		p.step(name, i, p.Count)
		a := p.dialer.dial(ctx, q)
		if a.err != nil {
			if ctx.Err() == nil {
				failed = append(failed, a)
			}
			continue
		}
		_ = a.conn.CloseNow()
		took = append(took, a.took)
	}
	if len(failed) > 0 {
		p.add(fails, name+" handshakes", "%d of %d failed; the first: %s", len(failed), p.Count, p.seen(failed[0]))
	}
	slices.Sort(took)
	at := func(quantile float64) float64 {
		i := int(math.Ceil(quantile*float64(len(took)))) - 1
		return float64(took[max(i, 0)].Microseconds()) / 1000
	}
	p.result.Times = append(p.result.Times, timeTable{Name: name, Count: len(took), P50: at(0.5), P95: at(0.95), Max: at(1)})
}

// urlHost is a host name or address as it stands in a URL.
func urlHost(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

func orNone(text string) string {
	if text == "" {
		return "no name"
	}
	return text
}
