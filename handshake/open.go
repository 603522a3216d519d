package handshake

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/websocket-distribution/websocket-distribution/internal/apigateway"
	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront"
)

// Model is what a template would deploy of CloudFront and API Gateway: distributions,
// policies, functions and WebSocket APIs. It is safe for concurrent use.
type Model struct {
	template  *cfn.Template
	edge      *cloudfront.Edge
	apis      *apigateway.Gateway
	backend   apigateway.Backend
	keyValues map[string]string
	plays     atomic.Int64
}

// ErrNoDistribution says that a template has no CloudFront distribution.
var ErrNoDistribution = errors.New("template has no AWS::CloudFront::Distribution")

// Open reads the template at path, such as cdk.out/Stack.template.json. options may be
// nil. The error names the path; it wraps [ErrNoDistribution] when there is nothing to
// play.
func Open(path string, options *Options) (*Model, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	m, err := Read(file, options)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// Read reads a template as JSON from r. options may be nil. The error wraps
// [ErrNoDistribution] when there is nothing to play.
func Read(r io.Reader, options *Options) (*Model, error) {
	document, err := cfn.Decode(r)
	if err != nil {
		return nil, err
	}
	return Parse(&document, options)
}

// Parse takes a decoded template: what ToJSON of the CDK's assertions.Template
// returns. The map is not changed and must not be changed while the Model is in use.
// options may be nil. The error wraps [ErrNoDistribution] when there is nothing to
// play; it also says which options contradict one another or have no effect.
func Parse(template *map[string]any, options *Options) (*Model, error) {
	if template == nil {
		return nil, errors.New("template is nil")
	}
	if options == nil {
		options = &Options{}
	}
	t, err := cfn.Parse(*template, cfn.Environment{Region: options.Region, Account: options.Account, StackName: options.StackName,
		Parameters: options.Parameters, Imports: options.Imports, Attributes: options.Attributes, Secrets: options.Secrets}, names())
	if err != nil {
		return nil, err
	}
	outside := map[string]apigateway.External{}
	for host, api := range options.APIs {
		outside[host] = apigateway.External(api)
	}
	m := &Model{template: t, apis: apigateway.Read(t, outside), keyValues: options.KeyValues}
	m.edge = cloudfront.Read(t, m.apis)
	m.backend = apigateway.Backend{Handler: options.Handler, Authorizer: options.Authorizer, Region: t.InRegion(), Account: t.InAccount(), Now: time.Now}
	if len(m.edge.Distributions()) == 0 {
		return nil, ErrNoDistribution
	}
	if err := checkOutside(options, m.apis, m.edge); err != nil {
		return nil, err
	}
	return m, nil
}

// Distribution is what a client can know of a distribution.
type Distribution struct {
	// ID is the logical id.
	ID string

	// Host is the name by which viewers reach it: the first alias, else its own.
	Host string

	// Paths lead to its WebSocket behaviors, one each: "/" for the default one, else
	// the pattern with its wildcards filled in. There are none when no behavior is seen
	// to lead to a WebSocket API.
	Paths []string

	// API is the API behind the default behavior, if that leads to one, else behind the
	// last that does; nil when none does.
	API *API

	// ALPN are the application protocols that it offers over TLS, MinTLSVersion is the
	// oldest version of TLS, as in crypto/tls.
	ALPN          []string
	MinTLSVersion uint16
}

// API is a WebSocket API behind a distribution.
type API struct {
	// Host and Path are the API's own address, wss://Host/Path, the stage included.
	Host, Path string

	// Locked says that $connect asks for a key or an authorizer, so that clients
	// cannot simply go around the distribution.
	Locked bool
}

// Distributions returns the distributions of the template, sorted by logical id.
func (m *Model) Distributions() []Distribution {
	var all []Distribution
	for _, d := range m.edge.Distributions() {
		all = append(all, m.describe(d))
	}
	return all
}

// Distribution returns the distribution with a logical id; "" is the first. The error
// says that the template does not have it.
func (m *Model) Distribution(id string) (Distribution, error) {
	d, err := m.distribution(id)
	if err != nil {
		return Distribution{}, err
	}
	return m.describe(d), nil
}

func (m *Model) describe(d *cloudfront.Distribution) Distribution {
	out := Distribution{ID: d.ID, Host: d.Host(), Paths: m.edge.Paths(d)}
	out.ALPN, out.MinTLSVersion = d.Protocols()
	if a, mapping := m.edge.FirstAPI(d); a != nil {
		out.API = &API{Host: a.HostOf(mapping), Path: a.PathOf(mapping), Locked: a.Locked()}
	}
	return out
}

// distribution finds a distribution by its logical id; "" is the first.
func (m *Model) distribution(id string) (*cloudfront.Distribution, error) {
	var ids []string
	for _, d := range m.edge.Distributions() {
		if id == "" || d.ID == id {
			return d, nil
		}
		ids = append(ids, d.ID)
	}
	return nil, fmt.Errorf("distribution %q is not in the template; it has %s", id, strings.Join(ids, ", "))
}

// Unresolved returns what could not be resolved, each with its place in the template
// and what to give for it in [Options]. It matters only to a handshake that meets it;
// the report says so then.
func (m *Model) Unresolved() []error {
	var all []error
	for _, u := range m.template.Unresolved() {
		all = append(all, u)
	}
	return all
}
