package config

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

var (
	account      = regexp.MustCompile(`^[0-9]{12}$`)
	hostedZoneID = regexp.MustCompile(`^Z[A-Z0-9]{1,31}$`)
)

// regions are those of the AWS partitions in which CloudFront can be used from
// CloudFormation, as of awscdk v2.270.0.
var regions = strings.Fields(`
	af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
	ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1
	cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3
	il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2`)

func (e *Environment) problems(at string) []error {
	var problems []error
	add := func(key string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("%s.%s %w", at, key, err))
		}
	}
	check := func(key, value string, rule func(string) error) {
		if value != "" {
			add(key, rule(value))
		}
	}
	check("account", e.Account, func(id string) error {
		if !account.MatchString(id) {
			return fmt.Errorf("must be an AWS account id of 12 digits, in quotes, got %q", id)
		}
		return nil
	})
	check("region", e.Region, func(region string) error {
		if !slices.Contains(regions, region) {
			return fmt.Errorf("must be an AWS region, got %q; %s", region, suggest(region, regions))
		}
		return nil
	})
	problems = append(problems, e.Behavior.problems(at)...)
	locks := ""
	if e.APIURL == "" && e.Lock != nil {
		locks = at + ".lock"
	}
	for _, path := range slices.Sorted(maps.Keys(e.Routes)) {
		route := e.Routes[path]
		if err := rules.RoutePath(path); err != nil {
			problems = append(problems, fmt.Errorf("%s %w", below(at+".routes", path), err))
		}
		problems = append(problems, route.problems(below(at+".routes", path))...)
		if route.APIURL == "" && route.Lock != nil {
			own := below(at+".routes", path) + ".lock"
			if locks != "" {
				problems = append(problems, fmt.Errorf("%s is a second one on the ping API, which has %s already; keep one, they share the API", own, locks))
			}
			locks = own
		}
	}
	problems = append(problems, e.secretRegions(at)...)
	add("routes", rules.Routes(len(e.Routes)))

	problems = append(problems, rules.Names(at+".domainNames", e.DomainNames, strings.ToLower, rules.AlternateDomainName, undecoded)...)
	switch {
	case len(e.DomainNames) > 0 && e.CertificateARN == "":
		add("certificateArn", fmt.Errorf("is required with domainNames %q; name an ACM certificate in us-east-1 that covers them", e.DomainNames))
	case len(e.DomainNames) == 0 && e.CertificateARN != "":
		add("domainNames", errors.New("is required with certificateArn; list the names it is for"))
	}
	check("certificateArn", e.CertificateARN, rules.CertificateARN)
	if zone := e.HostedZone; zone != nil {
		if len(e.DomainNames) == 0 {
			add("hostedZone", errors.New("goes with domainNames; list the names to make records for"))
		}
		if !hostedZoneID.MatchString(zone.ID) {
			add("hostedZone.id", fmt.Errorf("must be the id of a Route 53 hosted zone, such as Z0123456789EXAMPLE, got %q", zone.ID))
		}
		if err := rules.HostName(strings.TrimSuffix(zone.Name, ".")); err != nil {
			add("hostedZone.name", err)
		} else {
			for i, name := range e.DomainNames {
				if err := rules.WithinZone(name, zone.Name); err != nil {
					add(fmt.Sprintf("domainNames[%d]", i), err)
				}
			}
		}
	}
	check("minimumProtocolVersion", e.MinimumProtocolVersion, oneOf(rules.TLSVersions))
	if e.MinimumProtocolVersion != "" && e.CertificateARN == "" {
		add("minimumProtocolVersion", fmt.Errorf("needs certificateArn, got %q; CloudFront's own certificate fixes it at TLSv1", e.MinimumProtocolVersion))
	}
	check("httpVersion", e.HTTPVersion, oneOf(rules.HTTPVersions))
	check("priceClass", e.PriceClass, oneOf(rules.PriceClasses))
	problems = append(problems, rules.Names(at+".geoRestriction.allow", e.GeoRestriction.Allow, strings.ToUpper, rules.Country, undecoded)...)
	problems = append(problems, rules.Names(at+".geoRestriction.deny", e.GeoRestriction.Deny, strings.ToUpper, rules.Country, undecoded)...)
	if len(e.GeoRestriction.Allow) > 0 && len(e.GeoRestriction.Deny) > 0 {
		add("geoRestriction", errors.New("has both allow and deny; keep one of the two lists"))
	}
	check("webAclArn", e.WebACLARN, rules.WebACLARN)
	if acl := e.WebACL; acl != nil {
		if e.WebACLARN != "" {
			add("webAcl", errors.New("excludes webAclArn; keep the one that is to be used"))
		}
		add("webAcl", rules.InUSEast1(e.StackRegion()))
		if acl.RateLimit != 0 {
			add("webAcl.rateLimit", rules.Between(acl.RateLimit, rules.MinRateLimit, rules.MaxRateLimit))
		}
		for _, list := range []struct {
			key    string
			ranges []string
		}{{"allowedAddresses", acl.AllowedAddresses}, {"deniedAddresses", acl.DeniedAddresses}, {"trustedAddresses", acl.TrustedAddresses}} {
			problems = append(problems, rules.Names(at+".webAcl."+list.key, list.ranges, strings.ToLower, rules.AddressRange, undecoded)...)
		}
	}
	problems = append(problems, e.logProblems(at)...)
	problems = append(problems, e.monitoringProblems(at+".monitoring")...)
	check("comment", e.Comment, rules.Comment)
	for _, key := range slices.Sorted(maps.Keys(e.Tags)) {
		if err := rules.Tag(key, e.Tags[key]); err != nil {
			problems = append(problems, fmt.Errorf("%s %w", below(at+".tags", key), err))
		}
	}
	return problems
}

var (
	logGroupName = regexp.MustCompile(`^[A-Za-z0-9_/.#-]{1,512}$`)
	bucketName   = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
)

func (e *Environment) logProblems(at string) []error {
	var problems []error
	add := func(key string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("%s.%s %w", at, key, err))
		}
	}
	if logs := e.AccessLogs; logs != nil {
		add("accessLogs", rules.InUSEast1(e.StackRegion()))
		destinations := set([]setting{{"logGroupName", logs.LogGroupName != ""}, {"toBucket", logs.ToBucket}, {"bucketName", logs.BucketName != ""}})
		if len(destinations) > 1 {
			add("accessLogs", fmt.Errorf("has %s, which exclude each other; keep one", strings.Join(destinations, " and ")))
		}
		if logs.LogGroupName != "" && !logGroupName.MatchString(logs.LogGroupName) {
			add("accessLogs.logGroupName", fmt.Errorf("must be the name of a log group, got %q", logs.LogGroupName))
		}
		if logs.BucketName != "" && !bucketName.MatchString(logs.BucketName) {
			add("accessLogs.bucketName", fmt.Errorf("must be the name of a bucket, got %q", logs.BucketName))
		}
		switch days := logs.RetentionDays; {
		case days == 0:
		case logs.LogGroupName != "" || logs.BucketName != "":
			add("accessLogs.retentionDays", errors.New("goes with what is made here; set it where you made yours"))
		case logs.ToBucket:
			add("accessLogs.retentionDays", rules.BucketRetention(days))
		default:
			add("accessLogs.retentionDays", rules.LogRetention(days))
		}
		problems = append(problems, rules.Names(at+".accessLogs.additionalFields", logs.AdditionalFields, strings.ToLower, rules.LogField, undecoded)...)
	}
	if logs := e.APILogs; logs != nil {
		if !e.HasPingAPI() {
			add("apiLogs", errors.New("goes with a ping API; an API that lives elsewhere is logged by its owner"))
		}
		if logs.AccountRole == "" {
			add("apiLogs.accountRole", errors.New(`is required: API Gateway writes logs by one role for the account and region; write "exists", or "make" to make and set it`))
		} else {
			add("apiLogs.accountRole", rules.OneOf(logs.AccountRole, []string{"exists", "make"}))
		}
		if logs.RetentionDays != 0 {
			add("apiLogs.retentionDays", rules.LogRetention(logs.RetentionDays))
		}
	}
	return problems
}

func (e *Environment) monitoringProblems(at string) []error {
	m := e.Monitoring
	if m == nil {
		return nil
	}
	var problems []error
	add := func(key string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("%s%s %w", at, key, err))
		}
	}
	add("", rules.InUSEast1(e.StackRegion()))
	problems = append(problems, rules.Names(at+".emails", m.Emails, strings.ToLower, rules.Email, undecoded)...)
	problems = append(problems, rules.Names(at+".actionArns", m.ActionARNs, func(s string) string { return s }, rules.ActionARN, undecoded)...)
	if len(m.ActionARNs) > rules.MaxActions {
		add(".actionArns", fmt.Errorf("has %d; an alarm takes %d (let one topic tell the others)", len(m.ActionARNs), rules.MaxActions))
	}
	if len(m.Emails) > 0 && len(m.ActionARNs) > 0 {
		add(".emails", errors.New("excludes actionArns; subscribe the addresses to the topic of yours"))
	}
	if m.DisableAlarms && len(m.Emails)+len(m.ActionARNs) > 0 {
		add(".disableAlarms", errors.New("excludes emails and actionArns; there is nothing to tell"))
	}
	for _, percent := range []struct {
		key string
		n   int
	}{{".serverErrorPercent", m.ServerErrorPercent}, {".clientErrorPercent", m.ClientErrorPercent}, {".blockedPercent", m.BlockedPercent}} {
		if percent.n != 0 {
			add(percent.key, rules.Between(percent.n, 1, 99))
		}
	}
	if m.MinRequests < 0 {
		add(".minRequests", fmt.Errorf("must be 1 or more, got %d", m.MinRequests))
	}
	return problems
}

func (b *Behavior) problems(at string) []error {
	var problems []error
	add := func(key string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("%s.%s %w", at, key, err))
		}
	}
	if b.APIURL != "" {
		_, err := rules.ParseEndpoint(b.APIURL)
		add("apiUrl", err)
	}
	problems = append(problems, b.Origin.problems(at+".origin")...)
	problems = append(problems, b.forwardingProblems(at+".forwarding")...)
	if b.PathParameter != "" {
		add("pathParameter", rules.PathParameter(b.PathParameter, b.Forwarding.QueryStrings.Names))
	}
	problems = append(problems, rules.Names(at+".allowedOrigins", b.AllowedOrigins, strings.ToLower, rules.BrowserOrigin, undecoded)...)
	if b.RequireOrigin && len(b.AllowedOrigins) == 0 {
		add("requireOrigin", errors.New("goes with allowedOrigins; list the origins that may connect"))
	}
	if b.Lock != nil {
		problems = append(problems, b.Lock.problems(at+".lock", b)...)
	}
	return problems
}

func (l *Lock) problems(at string, b *Behavior) []error {
	var problems []error
	add := func(key string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("%s.%s %w", at, key, err))
		}
	}
	check := func(key, value string, rule func(string) error) {
		if value != "" {
			add(key, rule(value))
		}
	}
	own := []setting{{"disabled", l.Disabled}, {"open", l.Open}, {"keys", l.Keys != nil}, {"active", l.Active != ""}, {"throttle", l.Throttle != nil}}
	theirs := []setting{{"secretArn", l.SecretARN != ""}, {"secretName", l.SecretName != ""}, {"ssmParameter", l.SSMParameter != ""}, {"field", l.Field != ""}, {"header", l.Header != ""}}
	if b.APIURL == "" {
		for _, key := range set(theirs) {
			add(key, errors.New("goes with apiUrl; the ping API has keys of its own, which are generated"))
		}
		if others := set(own[1:]); l.Disabled && len(others) > 0 {
			add("disabled", fmt.Errorf("excludes %s; drop one or the other", strings.Join(others, ", ")))
		}
		problems = append(problems, rules.Names(at+".keys", l.Keys, func(s string) string { return s }, rules.LockKey, undecoded)...)
		keys := l.Keys
		if len(keys) == 0 {
			keys = []string{"a"}
		}
		add("active", rules.ActiveKey(l.Active, keys))
		if t := l.Throttle; t != nil {
			add("throttle", rules.Throttle(t.RatePerSecond, t.Burst))
		}
		return problems
	}
	for _, key := range set(own) {
		add(key, errors.New("goes without apiUrl; the keys of an API that lives elsewhere are its owner's, name the secret"))
	}
	if sources := set(theirs[:3]); len(sources) != 1 {
		problems = append(problems, fmt.Errorf("%s needs exactly one of secretArn, secretName and ssmParameter, got %d", at, len(sources)))
	}
	check("secretArn", l.SecretARN, rules.SecretARN)
	check("secretName", l.SecretName, rules.SecretName)
	check("ssmParameter", l.SSMParameter, rules.SSMParameter)
	check("field", l.Field, rules.SecretField)
	if l.Field != "" && l.SSMParameter != "" {
		add("field", errors.New("goes with a secret of Secrets Manager; a parameter has one value"))
	}
	check("header", l.Header, rules.OriginHeader)
	for name := range b.Origin.CustomHeaders {
		if strings.EqualFold(name, l.HeaderName()) {
			add("header", fmt.Errorf("is %q, which origin.customHeaders has as well; drop it there", name))
		}
	}
	return problems
}

// HeaderName returns the header that carries the secret.
func (l *Lock) HeaderName() string {
	if l.Header == "" {
		return "x-api-key"
	}
	return l.Header
}

// setting is a key that may be set.
type setting struct {
	key string
	is  bool
}

func set(settings []setting) []string {
	var keys []string
	for _, s := range settings {
		if s.is {
			keys = append(keys, s.key)
		}
	}
	return keys
}

// secretRegions refuses a secret of another region than the stack's.
func (e *Environment) secretRegions(at string) []error {
	var problems []error
	check := func(at string, b Behavior) {
		if b.Lock == nil || b.Lock.SecretARN == "" {
			return
		}
		if err := rules.SecretInRegion(b.Lock.SecretARN, e.StackRegion()); err != nil {
			problems = append(problems, fmt.Errorf("%s.lock.secretArn %w", at, err))
		}
	}
	check(at, e.Behavior)
	for _, path := range slices.Sorted(maps.Keys(e.Routes)) {
		check(below(at+".routes", path), e.Routes[path])
	}
	return problems
}

func (o *Origin) problems(at string) []error {
	var problems []error
	add := func(key string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("%s.%s %w", at, key, err))
		}
	}
	seconds := func(key string, n int, most time.Duration) {
		if n != 0 {
			add(key, rules.WholeSeconds(time.Duration(n)*time.Second, rules.MinOriginTimeout, most))
		}
	}
	seconds("readTimeoutSeconds", o.ReadTimeoutSeconds, rules.MaxOriginTimeout)
	seconds("keepaliveTimeoutSeconds", o.KeepaliveTimeoutSeconds, rules.MaxOriginTimeout)
	seconds("connectionTimeoutSeconds", o.ConnectionTimeoutSeconds, rules.MaxConnectionTimeout)
	if o.ConnectionAttempts != 0 {
		add("connectionAttempts", rules.Between(o.ConnectionAttempts, 1, rules.MaxConnections))
	}
	if o.IPAddressType != "" {
		add("ipAddressType", rules.OneOf(o.IPAddressType, rules.IPAddressTypes))
	}
	return append(problems, rules.OriginHeaders(at+".customHeaders", o.CustomHeaders)...)
}

func (b *Behavior) forwardingProblems(at string) []error {
	f := b.Forwarding
	plain := rules.Forwarding{
		Headers:               f.Headers,
		AllQueryStrings:       f.QueryStrings.All,
		QueryStrings:          f.QueryStrings.Names,
		AllCookies:            f.Cookies.All,
		Cookies:               f.Cookies.Names,
		AllExceptHost:         f.AllExceptHost,
		OmitExtensions:        f.OmitExtensions,
		OriginRequestPolicyID: f.OriginRequestPolicyID,
		OriginHeaders:         b.originHeaders(),
		PathParameter:         b.PathParameter,
	}
	return plain.Problems(at+".", func(name string) string {
		return strings.ToLower(name[:1]) + strings.ReplaceAll(name[1:], "ID", "Id")
	}, undecoded)
}

// originHeaders are the headers that CloudFront adds, that of the lock included: a
// viewer's own of the name must not be forwarded.
func (b *Behavior) originHeaders() []string {
	names := slices.Collect(maps.Keys(b.Origin.CustomHeaders))
	switch {
	case b.Lock == nil && b.APIURL == "":
		names = append(names, "x-api-key")
	case b.Lock != nil && !b.Lock.Disabled:
		names = append(names, b.Lock.HeaderName())
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// sharedDomainNames refuses a domain name that two environments have: CloudFront
// answers CNAMEAlreadyExists to the second.
func sharedDomainNames(environments []Environment) []error {
	var problems []error
	owner := map[string]string{}
	for _, e := range environments {
		for i, name := range e.DomainNames {
			first, taken := owner[strings.ToLower(name)]
			if taken && first != e.Name {
				problems = append(problems, fmt.Errorf("environments.%s.domainNames[%d] %q is environment %q's too; a name can be on one distribution only", e.Name, i, name, first))
			}
			owner[strings.ToLower(name)] = e.Name
		}
	}
	return problems
}

func oneOf(allowed []string) func(string) error {
	return func(value string) error { return rules.OneOf(value, allowed) }
}

// undecoded is true for an element that decode has reported already; an empty
// string does not get past it.
func undecoded(s string) bool { return s == "" }
