package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

const urlHelp = `wscheck url tries a live WebSocket endpoint and says what can be seen of it from
outside, in the order in which a connection meets it: name, address, TLS, the
handshake, a ping, ws:// refused, and with --direct the same for the API without
the edge. For a refusal it shows the answer and the causes that it leaves.

A check is ok, fails, or is not proven: it could not be told from here. Not proven
is no success. Exit status: 0 all checks are ok, 1 one fails or is not proven, 2
wrong usage. Ctrl-C prints what there is so far and exits with 1.

What you give (path, query string, headers, subprotocol, message) goes to the host
of URL and, all but the path, to that of --direct, over TLS with a verified
certificate. Nothing of it goes anywhere else: the check that ws:// is refused asks
for "/" without any of it, and redirects are not followed. Values of query strings,
headers and subprotocols are never printed.`

// urlFlags are the flags of wscheck url and wscheck outputs.
type urlFlags struct {
	direct, directHost, plain, send, expect, origin, subprotocol, ca string
	header                                                           []string
	count                                                            int
	timeout                                                          time.Duration
	insecure, locked, ipv6                                           bool
	format                                                           string
}

func (f *urlFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.send, "send", "", "`message` to send once connected")
	flags.StringVar(&f.expect, "expect", "", "`text` that the next message must contain")
	flags.StringVar(&f.origin, "origin", "", "Origin `header` of a browser")
	flags.StringVar(&f.subprotocol, "subprotocol", "", "subprotocol `name` to ask for")
	flags.StringArrayVar(&f.header, "header", nil, "header `name=value` or \"name: value\"; may be repeated")
	flags.IntVar(&f.count, "count", 1, "`number` of handshakes to time; each must get through")
	flags.DurationVar(&f.timeout, "timeout", 10*time.Second, "longest `time` for one handshake or answer")
	flags.BoolVar(&f.locked, "locked", false, "direct access must be refused")
	flags.BoolVar(&f.ipv6, "ipv6", false, "the endpoint must be reached by IPv6")
	flags.StringVar(&f.plain, "plain", "", "`URL` for the ws:// check, whose path is sent in the clear (default: \"/\" of the host, port 80; \"none\" leaves the check out)")
	flags.StringVar(&f.directHost, "direct-host", "", "Host `header` for --direct (default: that of the URL)")
	flags.StringVar(&f.ca, "ca", "", "`file` of certificates in PEM to trust instead of the system's, for an endpoint of your own")
	flags.BoolVar(&f.insecure, "insecure", false, "look at what answers although its certificate is not accepted; it gets nothing of yours")
	addFormat(flags, &f.format)
	complete(cmd, "format", formats...)
}

// options reads the flags. Its errors repeat no value that could be secret.
func (f *urlFlags) options() (*probeOptions, error) {
	if err := oneOf("format", f.format, formats...); err != nil {
		return nil, err
	}
	o := &probeOptions{DirectHost: f.directHost, SkipPlain: f.plain == "none", Subprotocol: f.subprotocol, Send: f.send,
		Expect: f.expect, Count: f.count, Timeout: f.timeout, Insecure: f.insecure, Locked: f.locked, IPv6: f.ipv6}
	var err error
	if o.Header, err = headers(f.header, "Host", "Connection", "Upgrade", "Sec-Websocket-Key", "Sec-Websocket-Version"); err != nil {
		return nil, err
	}
	if f.origin != "" {
		o.Header.Set("Origin", f.origin)
	}
	if f.count < 1 || f.count > 10_000 {
		return nil, fmt.Errorf("--count must be 1 to 10000, got %d", f.count)
	}
	if f.timeout <= 0 {
		return nil, fmt.Errorf("--timeout must be more than 0, got %v", f.timeout)
	}
	if f.plain != "" && f.plain != "none" {
		if o.Plain, err = plainEndpoint(f.plain); err != nil {
			return nil, fmt.Errorf("--plain: %w", err)
		}
	}
	if f.direct != "" {
		if o.Direct, err = endpoint(f.direct); err != nil {
			return nil, fmt.Errorf("--direct: %w", err)
		}
	}
	if f.ca != "" {
		if o.Roots, err = loadRoots(f.ca); err != nil {
			return nil, fmt.Errorf("--ca: %w", err)
		}
	}
	return o, nil
}

func (c *command) urlCommand() *cobra.Command {
	f := &urlFlags{}
	cmd := &cobra.Command{
		Use:               "url URL",
		Short:             "Try a live endpoint, after the deploy",
		Long:              urlHelp,
		Example:           "  wscheck url wss://d111111abcdef8.cloudfront.net --direct wss://abc123.execute-api.eu-west-1.amazonaws.com/prod --count 20",
		Args:              argument("the URL of an endpoint, wss://host/path"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(_ *cobra.Command, args []string) error { return c.url(f, args[0]) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.direct, "direct", "", "`URL` of the API itself, wss://…execute-api…/stage; it gets what the endpoint gets, but for the path")
	f.register(cmd)
	return cmd
}

func (c *command) url(f *urlFlags, target string) error {
	o, err := f.options()
	if err != nil {
		return err
	}
	if o.URL, err = endpoint(target); err != nil {
		return err
	}
	if o.Locked && o.Direct == nil {
		return errors.New("--locked needs --direct with the API's own URL: there is nothing to try without it")
	}
	ctx, stop := untilInterrupted()
	defer stop()
	r := &result{Source: redactURL(o.URL), Endpoints: []*probeResult{c.probe(ctx, o)}}
	r.conclude(false)
	c.code = r.ExitCode
	return c.write(f.format, r, true)
}

// probe tries one endpoint, with progress on a terminal.
func (c *command) probe(ctx context.Context, o *probeOptions) *probeResult {
	step, done := c.progress()
	defer done()
	if c.terminal {
		o.Step = step
	}
	return probe(ctx, o)
}

// untilInterrupted ends with the first Ctrl-C; the second ends the program.
func untilInterrupted() (context.Context, func()) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// endpoint reads the URL of an endpoint: wss, or https for the same address. Its
// errors do not repeat what could be secret.
func endpoint(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "":
		return nil, errors.New("the URL is not of the form wss://host/path")
	case u.Scheme == "ws" || u.Scheme == "http":
		return nil, fmt.Errorf("%s is not encrypted, and nothing is sent there; the URL must be of the form wss://host/path", redactURL(u))
	case u.Scheme != "wss" && u.Scheme != "https":
		return nil, fmt.Errorf("%s is not of the form wss://host/path", redactURL(u))
	case u.Fragment != "":
		return nil, fmt.Errorf("%s has a fragment (#…), which a WebSocket URL may not have; write %%23 for a # that is meant", redactURL(u))
	}
	u.Scheme = "wss"
	return u, nil
}

// plainEndpoint reads the URL of the ws:// check.
func plainEndpoint(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "":
		return nil, errors.New("the URL is not of the form ws://host/path")
	case u.Scheme != "ws" && u.Scheme != "http":
		return nil, fmt.Errorf("%s is not of the form ws://host/path", redactURL(u))
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%s must have no user, query string or fragment: it is sent in the clear", redactURL(u))
	}
	u.Scheme = "ws"
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// verdicts are the first words of a report.
var verdicts = map[string]string{ok: "handshake ok", fails: "not ok", notProven: "not proven"}

// print writes a report for people.
func (r *probeResult) print(w io.Writer) {
	head := verdicts[r.Result]
	if r.Interrupted {
		head += " (interrupted)"
	}
	if r.Stack != "" {
		head += "  " + clean(r.Stack)
	}
	fmt.Fprintf(w, "%s  %s\n", head, r.URL)
	writeChecks(w, r.Checks)
	if r.Answer != nil {
		fmt.Fprintf(w, "the answer: %d %s\n", r.Answer.Status, http.StatusText(r.Answer.Status))
		for _, line := range r.Answer.Headers {
			fmt.Fprintf(w, "  %s\n", line)
		}
		for _, line := range r.Answer.Body {
			fmt.Fprintf(w, "  | %s\n", line)
		}
	}
	if len(r.Causes) > 0 {
		fmt.Fprintln(w, "likely causes, in the order to check:")
		for i, cause := range r.Causes {
			fmt.Fprintf(w, "  %d. %s: %s\n     %s\n", i+1, cause.Cause, cause.Check, cause.Runbook)
		}
	}
	if len(r.Times) > 0 {
		fmt.Fprintf(w, "%-8s %6s %9s %9s %9s\n", "ms", "count", "p50", "p95", "max")
		for _, t := range r.Times {
			fmt.Fprintf(w, "%-8s %6d %9.1f %9.1f %9.1f\n", t.Name, t.Count, t.P50, t.P95, t.Max)
		}
	}
	counts := map[string]int{}
	for _, k := range r.Checks {
		counts[k.Result]++
	}
	meaning := map[string]string{ok: "exit 0: all checks are ok", fails: "exit 1: a check fails", notProven: "exit 1: a check is not proven"}[r.Result]
	fmt.Fprintf(w, "%d ok, %d fails, %d not proven; %s\n", counts[ok], counts[fails], counts[notProven], meaning)
}
