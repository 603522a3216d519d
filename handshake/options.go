package handshake

// Options say how a template is played. The zero value plays its only
// distribution, with every $connect integration answering 200.
type Options struct {
	// Distribution is the logical id of the distribution to play.
	//
	// Default: the template's only one, else the first by logical id.
	Distribution string

	// Connect is the $connect integration, for one that is not MOCK. It may run
	// on several goroutines at once.
	//
	// Default: it answers 200 without a subprotocol, and the report notes that.
	Connect func(event *ConnectEvent) ConnectResponse

	// Authorize is the authorizer of $connect. It may run on several goroutines
	// at once.
	//
	// Default: it allows, and the report notes that.
	Authorize func(event *ConnectEvent) Verdict

	// Message answers a message on a route that is not MOCK; nil sends nothing.
	// It may run on several goroutines at once.
	Message func(route string, message []byte) []byte

	// Subprotocol is what the $connect integration returns when Connect is nil.
	Subprotocol string

	// KeyValues are what the edge functions find in their key value store.
	KeyValues map[string]string

	// EdgeRegion is cf.edgeLocation.region of the edge functions.
	//
	// Default: us-east-1.
	EdgeRegion string

	// ViewerIP is the viewer's address as the edge sees it.
	//
	// Default: 198.51.100.10, an address for documentation.
	ViewerIP string

	// Country is the CloudFront-Viewer-Country header, where a policy asks for it.
	//
	// Default: US.
	Country string
}

// ConnectResponse is what a $connect integration returns. StatusCode 0 is 200; one
// outside 200 to 299 refuses the handshake. Of Headers only Sec-WebSocket-Protocol
// is used: API Gateway Developer Guide, "Set up a $connect route that requires a
// WebSocket subprotocol".
type ConnectResponse struct {
	StatusCode int
	Headers    map[string]string
}

// Verdict is what an authorizer says.
type Verdict int

// The verdicts of an authorizer, with the status that follows.
const (
	Allow        Verdict = iota // the handshake goes on
	Deny                        // 403
	Unauthorized                // 401
	Failed                      // 500
)

func (o Options) edgeRegion() string {
	if o.EdgeRegion == "" {
		return "us-east-1"
	}
	return o.EdgeRegion
}

func (o Options) viewerIP() string {
	if o.ViewerIP == "" {
		return "198.51.100.10"
	}
	return o.ViewerIP
}

func (o Options) country() string {
	if o.Country == "" {
		return "US"
	}
	return o.Country
}

func (o Options) subprotocolAnswer() map[string]string {
	if o.Subprotocol == "" {
		return nil
	}
	return map[string]string{"Sec-WebSocket-Protocol": o.Subprotocol}
}
