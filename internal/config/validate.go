package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// validation applies the rules to what the decoder has read.
type validation struct {
	decoder  *decoder
	problems []error
}

// section reports the problems of a section of rules whose object in cdk.json is
// at, less those that come of what could not be read.
func (v *validation) section(at string, problems rules.Problems) {
	for _, p := range problems {
		caused := slices.ContainsFunc(p.Missing, func(f rules.Field) bool { return v.decoder.isUnread(at + "." + spell(f)) })
		if !caused {
			v.problems = append(v.problems, p.Error(at+".", spell))
		}
	}
}

// unread is true for what the decoder has reported already; an empty string does
// not get past it.
func unread(s string) bool { return s == "" }

// Validate reports everything that is wrong with the environment, one problem a
// line, by the keys that it has in cdk.json, or nil.
func (e *Environment) Validate() error {
	v := validation{decoder: &decoder{}}
	if err := checkName(e.Name); err != nil {
		v.problems = append(v.problems, fmt.Errorf("%s: %w", Environments, err))
	}
	v.environment(e)
	return errors.Join(v.problems...)
}

func (v *validation) environment(e *Environment) {
	at := below(Environments, e.Name)
	account, region := e.Account, e.StackRegion()
	var own rules.Problems
	if account != "" && rules.AccountID(account) != nil {
		own.Add("Account", rules.AccountID(account))
		account = ""
	}
	if err := rules.Region(region); err != nil {
		own.Add("Region", err)
		region = ""
	}
	if v.decoder.isUnread(at + ".region") {
		region = ""
	}
	v.section(at, own)
	v.behaviors(e, at, account, region)
	v.section(at, e.distribution(account).Problems(unread))
	if zone := e.HostedZone; zone != nil {
		var p rules.Problems
		if zone.ID == "" {
			p.Missingf("HostedZone.ID", []rules.Field{"HostedZone.ID"}, "is required; write the id of the zone, such as Z0123456789EXAMPLE")
		}
		if zone.Name == "" {
			p.Missingf("HostedZone.Name", []rules.Field{"HostedZone.Name"}, "is required; write the name of the zone, such as example.com")
		}
		v.section(at, p)
	}
	if acl := e.WebACL; acl != nil {
		if e.WebACLARN != "" {
			var p rules.Problems
			p.Addf("WebAcl", "cannot be set with %s; keep one", rules.Field("WebACL"))
			v.section(at, p)
		}
		v.section(at+".webAcl", rules.WebACL{
			RateLimit:        acl.RateLimit,
			AllowedAddresses: acl.AllowedAddresses,
			DeniedAddresses:  acl.DeniedAddresses,
			TrustedAddresses: acl.TrustedAddresses,
			Region:           region,
		}.Problems(unread))
	}
	if logs := e.AccessLogs; logs != nil {
		v.section(at+".accessLogs", rules.AccessLog{
			LogGroup:         logs.LogGroupName,
			Bucket:           logs.BucketName,
			ToBucket:         logs.ToBucket,
			RetentionDays:    logs.RetentionDays,
			AdditionalFields: logs.AdditionalFields,
			Region:           region,
		}.Problems(unread))
	}
	if logs := e.APILogs; logs != nil {
		if !e.HasPingAPI() {
			var p rules.Problems
			p.Addf("", "needs a ping API, got none; drop it, an API that lives elsewhere is logged by its owner")
			v.section(at+".apiLogs", p)
		}
		v.section(at+".apiLogs", rules.StageLog{AccountRole: logs.AccountRole, RetentionDays: logs.RetentionDays}.Problems())
	}
	if m := e.Monitoring; m != nil {
		v.section(at+".monitoring", rules.Monitoring{
			Emails:             m.Emails,
			Actions:            m.ActionARNs,
			DisableAlarms:      m.DisableAlarms,
			ServerErrorPercent: m.ServerErrorPercent,
			ClientErrorPercent: m.ClientErrorPercent,
			BlockedPercent:     m.BlockedPercent,
			MinRequests:        m.MinRequests,
			Region:             region,
		}.Problems(unread))
	}
	v.section(at, rules.Tags(e.Tags).Problems())
}

// distribution is what the environment's viewers see.
func (e *Environment) distribution(account string) rules.Distribution {
	d := rules.Distribution{
		Paths:                  slices.Sorted(maps.Keys(e.Routes)),
		DomainNames:            e.DomainNames,
		Certificate:            e.CertificateARN,
		Account:                account,
		MinimumProtocolVersion: e.MinimumProtocolVersion,
		HTTPVersion:            e.HTTPVersion,
		PriceClass:             e.PriceClass,
		AllowedCountries:       e.GeoRestriction.Allow,
		DeniedCountries:        e.GeoRestriction.Deny,
		WebACL:                 e.WebACLARN,
		Comment:                e.Comment,
	}
	if zone := e.HostedZone; zone != nil {
		d.HostedZone = &rules.HostedZone{ID: zone.ID, Name: zone.Name}
	}
	return d
}

// behaviors checks the default behavior and the routes. The ping API, which all
// without a URL share, has one lock.
func (v *validation) behaviors(e *Environment, at, account, region string) {
	paths := map[string]Behavior{at: e.Behavior}
	for path, route := range e.Routes {
		paths[fmt.Sprintf("%s.routes[%q]", at, path)] = route
	}
	lockedBy := ""
	for _, at := range slices.Sorted(maps.Keys(paths)) {
		b := paths[at]
		v.behavior(b, at, e.lockHeader(b))
		if b.Lock == nil || v.decoder.isUnread(at+".apiUrl") || v.decoder.isUnread(at+".lock") {
			continue
		}
		v.lock(b, at+".lock", account, region)
		if b.APIURL != "" {
			continue
		}
		if lockedBy != "" {
			v.problems = append(v.problems, fmt.Errorf("%s.lock: must be the only lock of the ping API, got a second one beside %s; keep one, all that have no apiUrl share it", at, lockedBy))
		}
		lockedBy = at + ".lock"
	}
}

func (v *validation) behavior(b Behavior, at, lockHeader string) {
	seconds := func(n int) time.Duration { return time.Duration(n) * time.Second }
	v.section(at, rules.Origin{
		URL:                b.APIURL,
		ReadTimeout:        seconds(b.Origin.ReadTimeoutSeconds),
		KeepaliveTimeout:   seconds(b.Origin.KeepaliveTimeoutSeconds),
		ConnectionAttempts: b.Origin.ConnectionAttempts,
		ConnectionTimeout:  seconds(b.Origin.ConnectionTimeoutSeconds),
		CustomHeaders:      b.Origin.CustomHeaders,
		IPAddressType:      b.Origin.IPAddressType,
		LockHeader:         lockHeader,
	}.Problems(rules.AllKnown))
	added := slices.Sorted(maps.Keys(b.Origin.CustomHeaders))
	if lockHeader != "" {
		added = append(added, lockHeader)
	}
	v.section(at, rules.Forwarding{
		Headers:             b.Forwarding.Headers,
		AllQueryStrings:     b.Forwarding.QueryStrings.All,
		QueryStrings:        b.Forwarding.QueryStrings.Names,
		AllCookies:          b.Forwarding.Cookies.All,
		Cookies:             b.Forwarding.Cookies.Names,
		AllExceptHost:       b.Forwarding.AllExceptHost,
		OmitExtensions:      b.Forwarding.OmitExtensions,
		OriginRequestPolicy: b.Forwarding.OriginRequestPolicyID,
		OriginHeaders:       added,
		PathParameter:       b.PathParameter,
	}.Problems(unread))
	v.section(at, rules.EdgeFunction{
		PathParameter:     b.PathParameter,
		AllowedWebOrigins: b.AllowedWebOrigins,
		RequireWebOrigin:  b.RequireWebOrigin,
		QueryStrings:      b.Forwarding.QueryStrings.Names,
	}.Problems(unread))
}

// lock checks the lock at a path, of the ping API or of one that lives elsewhere.
func (v *validation) lock(b Behavior, at, account, region string) {
	l := b.Lock
	own := []setting{{"disabled", l.Disabled}, {"open", l.Open}, {"keys", l.Keys != nil}, {"active", l.Active != ""}, {"throttle", l.Throttle != nil}}
	theirs := []setting{{"secretArn", l.SecretARN != ""}, {"secretName", l.SecretName != ""}, {"ssmParameter", l.SSMParameter != ""}, {"field", l.Field != ""}, {"header", l.Header != ""}}
	var p rules.Problems
	if b.APIURL != "" {
		for _, key := range set(own) {
			p.Addf(rules.Field(key), "goes with a ping API, got apiUrl; drop it and name the secret, the keys of an API that lives elsewhere are its owner's")
		}
		v.section(at, p)
		v.section(at, rules.Reference{
			SecretARN: l.SecretARN, SecretName: l.SecretName, SSMParameter: l.SSMParameter,
			Field: l.Field, Header: l.Header, Region: region, Account: account,
		}.Problems(unread))
		return
	}
	for _, key := range set(theirs) {
		p.Addf(rules.Field(key), "needs apiUrl, got none; drop it, the ping API has keys of its own, which are generated")
	}
	if others := set(own[1:]); l.Disabled && len(others) > 0 {
		p.Addf("disabled", "cannot be set with %s; drop one or the other", strings.Join(others, " and "))
	}
	v.section(at, p)
	plain := rules.Lock{Keys: l.Keys, Active: l.Active}
	if t := l.Throttle; t != nil {
		plain.Throttle = &rules.Throttle{RatePerSecond: t.RatePerSecond, Burst: t.Burst}
	}
	v.section(at, plain.Problems(unread))
}

// lockHeader is the header that the lock of a behavior adds, or nothing.
func (e *Environment) lockHeader(b Behavior) string {
	if b.APIURL == "" && e.PingLock().Disabled || b.APIURL != "" && b.Lock == nil {
		return ""
	}
	return b.Lock.HeaderName()
}

// HeaderName returns the header that carries the secret.
func (l *Lock) HeaderName() string {
	if l == nil || l.Header == "" {
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

// sharedDomainNames refuses a domain name that two environments have: CloudFront
// answers CNAMEAlreadyExists to the second.
func sharedDomainNames(environments []Environment) []error {
	var problems []error
	owner := map[string]string{}
	for _, e := range environments {
		for i, name := range e.DomainNames {
			if unread(name) {
				continue
			}
			first, taken := owner[strings.ToLower(name)]
			if taken && first != e.Name {
				problems = append(problems, fmt.Errorf("%s.domainNames[%d]: must be on one distribution only, got %q, which environment %q has too; drop it from one", below(Environments, e.Name), i, rules.Shown(name), first))
			}
			owner[strings.ToLower(name)] = e.Name
		}
	}
	return problems
}
