package handshaketest

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/coder/websocket"

	"github.com/websocket-distribution/websocket-distribution/handshake"
)

func TestManyClientsDialAtOnce(t *testing.T) {
	t.Parallel()
	server := serve(t, load(t, "owned"), nil)
	var running sync.WaitGroup
	for range 40 {
		running.Add(1)
		go func() {
			defer running.Done()
			conn, err := server.Dial(t.Context(), "/ws/room", nil)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.CloseNow()
			if err := conn.Write(t.Context(), websocket.MessageText, []byte("{}")); err != nil {
				t.Error(err)
				return
			}
			if _, message, err := conn.Read(t.Context()); err != nil || string(message) != `{"message":"pong"}` {
				t.Errorf("message %q, %v", message, err)
			}
		}()
	}
	running.Wait()
	if n := len(server.Reports()); n != 40 {
		t.Errorf("%d reports, want 40", n)
	}
	for _, r := range server.Reports() {
		if r.Outcome != handshake.Accepted || r.Event == nil {
			t.Errorf("report %s", r.Text())
		}
	}
}

func TestCloseEndsOpenConnections(t *testing.T) {
	t.Parallel()
	server := serve(t, load(t, "external"), nil)
	conn, err := server.Dial(t.Context(), "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, _, err := conn.Read(ctx); err == nil || ctx.Err() != nil {
		t.Errorf("read after Close: %v", err)
	}
	if _, err := server.Dial(t.Context(), "/", nil); err == nil {
		t.Error("a closed server takes a connection")
	}
}

func TestAMessageBeyond128KBClosesTheConnection(t *testing.T) {
	t.Parallel()
	server := serve(t, load(t, "owned"), nil)
	conn, err := server.Dial(t.Context(), "/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if err := conn.Write(t.Context(), websocket.MessageText, make([]byte, 129<<10)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := conn.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
		t.Errorf("read: %v, want the status %d", err, websocket.StatusMessageTooBig)
	}
}

func TestAPathWithoutASlashIsAnError(t *testing.T) {
	t.Parallel()
	server := serve(t, load(t, "external"), nil)
	for _, path := range []string{"wss://socket.example.com/", "rooms/42", "?token=x", server.URL} {
		if _, err := server.Dial(t.Context(), path, nil); err == nil || !strings.Contains(err.Error(), "must begin with a slash") {
			t.Errorf("Dial(%q): %v", path, err)
		}
	}
	if n := len(server.Reports()); n != 0 {
		t.Errorf("%d handshakes were played", n)
	}
}

func TestAnUnknownDistributionIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := NewServer(load(t, "owned"), &Options{Distribution: "Other"}); err == nil || !strings.Contains(err.Error(), `"Other" is not in the template; it has EdgeDistribution`) {
		t.Errorf("error %v", err)
	}
}

func TestTheAPICannotBeReachedWithoutItsKey(t *testing.T) {
	t.Parallel()
	server := serve(t, load(t, "owned"), nil)
	var refusal *handshake.Refusal
	if _, err := server.DialAPI(t.Context(), "", nil); !errors.As(err, &refusal) || refusal.Rule.ID != "api.key" {
		t.Errorf("around the edge: %v", err)
	}
	open := serve(t, load(t, "external"), nil)
	conn, err := open.DialAPI(t.Context(), "", nil)
	if err != nil {
		t.Fatalf("an API without lock: %v", err)
	}
	if err := conn.CloseNow(); err != nil {
		t.Error(err)
	}
	if _, err := open.DialAPI(t.Context(), "", &websocket.DialOptions{Host: "127.0.0.1"}); !errors.As(err, &refusal) || refusal.Rule.ID != "api.host" {
		t.Errorf("with a Host that is not the API's: %v", err)
	}
}

func TestTheViewerSecurityPolicyBoundsTLS(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]bool{"TLSv1.2_2021": true, "TLSv1.3_2025": false} {
		server := serve(t, parse(t, "owned", func(d map[string]any) {
			object(config(d)["ViewerCertificate"])["MinimumProtocolVersion"] = policy
		}, nil), nil)
		conn, err := tls.Dial("tcp", strings.TrimPrefix(server.URL, "wss://"),
			&tls.Config{RootCAs: server.CertPool(), MaxVersion: tls.VersionTLS12})
		if (err == nil) != want {
			t.Errorf("%s with TLS 1.2: %v", policy, err)
		}
		if err == nil {
			conn.Close()
		}
	}
}

func TestALotOfReportsAreBounded(t *testing.T) {
	t.Parallel()
	s := &Server{}
	for range maxReports + 5 {
		s.log.add(&handshake.Report{})
	}
	if n := len(s.Reports()); n != maxReports {
		t.Errorf("%d reports are kept, want %d", n, maxReports)
	}
}

func TestARedirectNamesTheSecureURL(t *testing.T) {
	t.Parallel()
	server := serve(t, parse(t, "external", func(d map[string]any) {
		object(config(d)["DefaultCacheBehavior"])["ViewerProtocolPolicy"] = "redirect-to-https"
	}, nil), nil)
	response, err := server.Client().Get("http" + strings.TrimPrefix(server.PlainURL, "ws") + "/a?b=c")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got := response.Header.Get("Location"); response.StatusCode != 301 || got != "https://edgedistribution5e6f7a8b.cloudfront.net/a?b=c" {
		t.Errorf("%d to %q", response.StatusCode, got)
	}
}

func TestARefusalTellsEveryClientWhy(t *testing.T) {
	t.Parallel()
	server := serve(t, load(t, "external"), nil)
	_, err := server.Dial(t.Context(), "/rooms/42", nil)
	var refusal *handshake.Refusal
	if !errors.As(err, &refusal) || refusal.Status != 403 || !strings.Contains(err.Error(), "goes past the stage prod; fix: connect to /") {
		t.Fatalf("error %v", err)
	}
	_, response, err := websocket.Dial(t.Context(), server.URL+"/rooms/42", &websocket.DialOptions{HTTPClient: server.Client()})
	if err == nil || response == nil {
		t.Fatalf("dial: %v", err)
	}
	for name, want := range map[string]string{"X-Handshake-Rule": "api.stage", "X-Handshake-Reason": "goes past the stage", "X-Handshake-Fix": "rewrite the uri to /",
		"X-Amzn-Errortype": "ForbiddenException"} {
		if got := response.Header.Get(name); !strings.Contains(got, want) {
			t.Errorf("%s is %q, want %q in it", name, got, want)
		}
	}
}

func TestAPlainRequestIsAnsweredLikeAWebSocketRefusal(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]int{"external": 403, "owned": 426} {
		server := serve(t, load(t, base), nil)
		path := "/"
		if base == "owned" {
			path = "/ws"
		}
		response, err := server.Client().Get("https" + strings.TrimPrefix(server.URL, "wss") + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s: %d %s, want %d", base, response.StatusCode, body, want)
		}
		if base == "owned" && string(body) != "This is a WebSocket endpoint." {
			t.Errorf("the function's body is %q", body)
		}
	}
}

func TestTheEdgeSpeaksHTTP2OnlyWhereTheDistributionDoes(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]int{"http2": 2, "http2and3": 2, "http1.1": 1} {
		server := serve(t, parse(t, "external", func(d map[string]any) { config(d)["HttpVersion"] = version }, nil), nil)
		client := server.Client()
		client.Transport.(*http.Transport).ForceAttemptHTTP2 = true
		response, err := client.Get("https" + strings.TrimPrefix(server.URL, "wss") + "/")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.ProtoMajor != want || response.StatusCode != 403 {
			t.Errorf("%s: HTTP/%d %d, want HTTP/%d and the 403 of what is no upgrade", version, response.ProtoMajor, response.StatusCode, want)
		}
		conn, err := server.Dial(t.Context(), "/", nil)
		if err != nil {
			t.Errorf("%s: a WebSocket client, which speaks HTTP/1.1: %v", version, err)
			continue
		}
		if err := conn.CloseNow(); err != nil {
			t.Error(err)
		}
	}
}

func TestBytesFlowBothWays(t *testing.T) {
	t.Parallel()
	server := serve(t, load(t, "owned"), nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	conn, err := server.Dial(ctx, "/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := conn.Write(ctx, websocket.MessageText, []byte(`{"action":"ping"}`)); err != nil {
			t.Fatal(err)
		}
		_, message, err := conn.Read(ctx)
		if err != nil || string(message) != `{"message":"pong"}` {
			t.Fatalf("message %q, %v", message, err)
		}
	}
	if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Errorf("close handshake: %v", err)
	}
}

// certificateFile writes the server's certificate for clients that are programs.
func certificateFile(t *testing.T, server *Server) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const nodeClient = `
const https = require('https'), crypto = require('crypto'), fs = require('fs');
const [url, ca] = process.argv.slice(1);
const key = crypto.randomBytes(16).toString('base64');
const req = https.request(url.replace('wss:', 'https:'), { ca: fs.readFileSync(ca), headers: {
  Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Key': key, 'Sec-WebSocket-Version': '13' } });
req.on('upgrade', (res, socket) => {
  const want = crypto.createHash('sha1').update(key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  console.log(res.statusCode, res.headers['sec-websocket-accept'] === want);
  const mask = Buffer.from([1, 2, 3, 4]), text = Buffer.from('{}');
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length]), mask, text.map((b, i) => b ^ mask[i % 4])]));
  socket.on('data', d => { console.log(d.subarray(2).toString()); socket.destroy(); });
});
req.on('response', res => { console.log(res.statusCode, res.headers['x-handshake-rule']); process.exit(0); });
req.on('error', e => { console.log(e.message); process.exit(1); });
req.end();
`

func TestNodeConnects(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not on the PATH: the handshake of Node is not tried")
	}
	server := serve(t, load(t, "owned"), nil)
	ca := certificateFile(t, server)
	for path, want := range map[string]string{"/ws": "101 true\n{\"message\":\"pong\"}", "/elsewhere": "403 origin.s3"} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		out, err := exec.CommandContext(ctx, node, "-e", nodeClient, server.URL+path, ca).CombinedOutput()
		cancel()
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: %v, %s; want %s", path, err, out, want)
		}
	}
}

const browserPage = `<!doctype html><title>page</title><script>
const socket = new WebSocket('URL');
socket.onopen = () => socket.send('hello');
socket.onmessage = e => socket.send('got ' + e.data);
</script>`

func TestABrowserConnects(t *testing.T) {
	t.Parallel()
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		t.Skip("chromium is not on the PATH: the handshake of a browser is not tried")
	}
	answered := make(chan string, 8)
	server := serve(t, parse(t, "external", func(map[string]any) {}, &handshake.Options{
		Handler: func(_ context.Context, e events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
			answer := events.APIGatewayProxyResponse{StatusCode: 200}
			switch {
			case e.RequestContext.EventType != "MESSAGE":
			case e.Body == "hello":
				answer.Body = "world"
			default:
				answered <- e.Body
			}
			return answer, nil
		}}), nil)
	// Not t.TempDir: the browser's helpers may still write while they end.
	dir, err := os.MkdirTemp("", "browser")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	page := filepath.Join(dir, "page.html")
	if err := os.WriteFile(page, []byte(strings.ReplaceAll(browserPage, "URL", server.URL+"/")), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	command := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
		"--ignore-certificate-errors", "--no-first-run", "--user-data-dir="+filepath.Join(dir, "profile"), "file://"+page)
	command.WaitDelay = 10 * time.Second
	if err := command.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	defer func() {
		cancel()
		_ = command.Wait() // it was killed
	}()
	select {
	case got := <-answered:
		if got != "got world" {
			t.Errorf("the page answers %q, want %q", got, "got world")
		}
	case <-ctx.Done():
		way := "no handshake came"
		if r := server.Last(); r != nil {
			way = r.Text()
		}
		t.Fatalf("the page did not answer: %s", way)
	}
	seen := server.Last().Event.Headers
	if seen["Sec-WebSocket-Extensions"] == "" || seen["User-Agent"] != "Amazon CloudFront" || seen["Origin"] != "" {
		t.Errorf("what $connect sees of a browser: %v", seen)
	}
}
