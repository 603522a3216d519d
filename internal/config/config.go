// Package config is the environment table of cdk.json: what a deployer may
// decide, decoded strictly and checked in full before the CDK starts.
//
// It depends on the standard library and internal/rules only, neither on jsii
// nor on awscdk; a test holds that.
package config

import (
	"maps"
	"slices"
)

// The context keys that the app reads.
const (
	// Environments is the key of the table, an object from name to [Environment].
	Environments = "environments"
	// Env names the one environment to synthesize: -c env=prod.
	Env = "env"
	// APIURL makes an environment for an API without an entry in the table:
	// -c apiUrl=wss://abc.execute-api.eu-west-1.amazonaws.com/prod.
	APIURL = "apiUrl"
)

// DefaultRegion is where an environment's stack lives that names no region: the
// certificates, web ACLs, log deliveries and metrics of CloudFront are there.
const DefaultRegion = "us-east-1"

// Environment is one entry of the table. The tag example is what a message offers
// for a value of a wrong type, hide keeps what may be a secret out of messages. Its
// zero value is a distribution in
// front of a ping API of its own, with every default.
type Environment struct {
	// Name is the entry's key: a lower-case letter, then up to 39 lower-case
	// letters, digits and hyphens.
	Name string `json:"-"`

	// Account is the AWS account, twelve digits in quotes. Default: the account of
	// the credentials at deploy time.
	Account string `json:"account"`
	// Region is where the stack lives. Default: us-east-1.
	Region string `json:"region"`

	// Behavior is the default one.
	Behavior
	// Routes are further APIs, each under a path such as /chat.
	Routes map[string]Behavior `json:"routes" example:"{\"/chat\": {}}"`

	DomainNames            []string       `json:"domainNames"`
	CertificateARN         string         `json:"certificateArn"`
	HostedZone             *HostedZone    `json:"hostedZone" example:"{\"id\": \"Z0123456789EXAMPLE\", \"name\": \"example.com\"}"`
	MinimumProtocolVersion string         `json:"minimumProtocolVersion"`
	HTTPVersion            string         `json:"httpVersion"`
	PriceClass             string         `json:"priceClass"`
	GeoRestriction         GeoRestriction `json:"geoRestriction" example:"{\"allow\": [\"DE\"]}"`
	DisableIPv6            bool           `json:"disableIpv6"`
	WebACLARN              string         `json:"webAclArn"`
	// WebACL makes a web ACL in the stack. Excludes WebACLARN.
	WebACL  *WebACL `json:"webAcl" example:"{}"`
	Comment string  `json:"comment"`

	// AccessLogs are those of the distribution. Default: none.
	AccessLogs *AccessLogs `json:"accessLogs" example:"{}"`
	// APILogs are those of the ping API's stage. Default: none.
	APILogs *APILogs `json:"apiLogs" example:"{\"accountRole\": \"exists\"}"`

	// Monitoring is a dashboard and alarms. Default: none.
	Monitoring *Monitoring `json:"monitoring" example:"{}"`

	// Tags are put on every resource of the stack that takes tags.
	Tags map[string]string `json:"tags" example:"{\"team\": \"chat\"}"`
	// TerminationProtection keeps the stack from being deleted.
	TerminationProtection bool `json:"terminationProtection"`
}

// Behavior is one API and how it is reached.
type Behavior struct {
	// APIURL is the WebSocket API, stage included. Default: a ping API in the
	// environment's own stack, the same for all behaviors without a URL.
	APIURL string `json:"apiUrl"`

	// Lock keeps clients from going around the edge. Default: on for a ping API,
	// off for an API that lives elsewhere.
	Lock *Lock `json:"lock" example:"{}"`

	Origin            Origin     `json:"origin" example:"{\"readTimeoutSeconds\": 30}"`
	Forwarding        Forwarding `json:"forwarding" example:"{\"queryStrings\": [\"token\"]}"`
	PathParameter     string     `json:"pathParameter"`
	AllowedWebOrigins []string   `json:"allowedWebOrigins"`
	RequireWebOrigin  bool       `json:"requireWebOrigin"`
	RequireHandshake  bool       `json:"requireHandshake"`
}

// Lock is the origin lock of a behavior. Of a ping API it has Disabled, Open,
// Keys, Active and Throttle; of an API that lives elsewhere, the rest.
type Lock struct {
	Disabled bool      `json:"disabled"`
	Open     bool      `json:"open"`
	Keys     []string  `json:"keys" hide:"true"`
	Active   string    `json:"active" hide:"true"`
	Throttle *Throttle `json:"throttle" example:"{\"ratePerSecond\": 100, \"burst\": 200}"`

	SecretARN    string `json:"secretArn" hide:"true"`
	SecretName   string `json:"secretName" hide:"true"`
	SSMParameter string `json:"ssmParameter" hide:"true"`
	Field        string `json:"field"`
	Header       string `json:"header"`
}

// Throttle limits the connects of all viewers together.
type Throttle struct {
	RatePerSecond int `json:"ratePerSecond"`
	Burst         int `json:"burst"`
}

// Origin is how CloudFront connects to the API.
type Origin struct {
	ReadTimeoutSeconds       int               `json:"readTimeoutSeconds"`
	KeepaliveTimeoutSeconds  int               `json:"keepaliveTimeoutSeconds"`
	ConnectionAttempts       int               `json:"connectionAttempts"`
	ConnectionTimeoutSeconds int               `json:"connectionTimeoutSeconds"`
	CustomHeaders            map[string]string `json:"customHeaders" example:"{\"x-origin\": \"edge\"}" hide:"true"`
	IPAddressType            string            `json:"ipAddressType"`
}

// Forwarding is what reaches the API of what the viewer sends.
type Forwarding struct {
	Headers               []string  `json:"headers"`
	QueryStrings          Selection `json:"queryStrings"`
	Cookies               Selection `json:"cookies"`
	AllExceptHost         bool      `json:"allExceptHost"`
	OriginRequestPolicyID string    `json:"originRequestPolicyId"`
	OmitExtensions        bool      `json:"omitExtensions"`
}

// Selection is "none", "all" or a list of names.
type Selection struct {
	All   bool
	Names []string
}

// HostedZone is the Route 53 zone of the domain names.
type HostedZone struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// WebACL is a web ACL of the environment's own; empty, it has the default rate
// limit and the managed rules.
type WebACL struct {
	RateLimit        int      `json:"rateLimit"`
	AllowedAddresses []string `json:"allowedAddresses"`
	DeniedAddresses  []string `json:"deniedAddresses"`
	TrustedAddresses []string `json:"trustedAddresses"`
	CountOnly        bool     `json:"countOnly"`
}

// AccessLogs are the access logs of the distribution; empty, they go to a log group
// of the environment's own for 90 days.
type AccessLogs struct {
	LogGroupName     string   `json:"logGroupName"`
	ToBucket         bool     `json:"toBucket"`
	BucketName       string   `json:"bucketName"`
	RetentionDays    int      `json:"retentionDays"`
	AdditionalFields []string `json:"additionalFields"`
}

// APILogs are the access logs of the ping API.
type APILogs struct {
	// AccountRole is "exists" or "make". Required.
	AccountRole   string `json:"accountRole"`
	RetentionDays int    `json:"retentionDays"`
}

// Monitoring is a dashboard, alarms, and who is told of them; empty, alarms are seen
// on the dashboard alone.
type Monitoring struct {
	Emails             []string `json:"emails"`
	ActionARNs         []string `json:"actionArns"`
	DisableAlarms      bool     `json:"disableAlarms"`
	ServerErrorPercent int      `json:"serverErrorPercent"`
	ClientErrorPercent int      `json:"clientErrorPercent"`
	BlockedPercent     int      `json:"blockedPercent"`
	MinRequests        int      `json:"minRequests"`
}

// GeoRestriction lists countries that may connect, or those that may not.
type GeoRestriction struct {
	Allow []string `json:"allow"`
	Deny  []string `json:"deny"`
}

// StackName returns the name of the environment's stack, which is a contract: a
// renamed stack is a new distribution.
func (e *Environment) StackName() string { return "WebSocket-" + e.Name }

// StackRegion returns where the stack lives.
func (e *Environment) StackRegion() string {
	if e.Region == "" {
		return DefaultRegion
	}
	return e.Region
}

// HasPingAPI reports whether a behavior has no URL.
func (e *Environment) HasPingAPI() bool {
	return slices.ContainsFunc(e.Behaviors(), func(b Behavior) bool { return b.APIURL == "" })
}

// PingLock returns the lock of the ping API, which the behaviors without a URL
// share.
func (e *Environment) PingLock() Lock {
	for _, b := range e.Behaviors() {
		if b.APIURL == "" && b.Lock != nil {
			return *b.Lock
		}
	}
	return Lock{}
}

// Behaviors are the default one and the routes, in order of their paths.
func (e *Environment) Behaviors() []Behavior {
	all := []Behavior{e.Behavior}
	for _, path := range slices.Sorted(maps.Keys(e.Routes)) {
		all = append(all, e.Routes[path])
	}
	return all
}
