package cloudfront

import (
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// tenantOf finds the tenant that serves a host; nil for none.
func (d *Distribution) tenantOf(host string) *tenant {
	for _, n := range d.tenants {
		for _, domain := range n.domains {
			if covers(domain, host) {
				return n
			}
		}
	}
	return nil
}

// covers says whether a host is a name, or falls under it when it begins with "*.".
func covers(name, host string) bool {
	name, host = strings.ToLower(strings.TrimSuffix(name, ".")), strings.ToLower(strings.TrimSuffix(host, "."))
	if name == host {
		return true
	}
	rest, wildcard := strings.CutPrefix(name, "*")
	if !wildcard {
		return false
	}
	label, found := strings.CutSuffix(host, rest)
	return found && label != "" && !strings.Contains(label, ".")
}

// AnswersTo says whether the distribution serves a host name.
func (d *Distribution) AnswersTo(host string) bool {
	if strings.EqualFold(host, d.domainName()) {
		return !d.tenantOnly && !d.staging
	}
	for _, alias := range d.aliases {
		if covers(alias, host) {
			return true
		}
	}
	return d.tenantOf(host) != nil
}

// checkHost refuses a host that the distribution does not serve.
func (d *Distribution) checkHost(host string, t *trace.Trace) *trace.Refusal {
	own := strings.EqualFold(host, d.domainName())
	if n := d.tenantOf(host); n != nil && !n.enabled {
		return trace.Refuse(TenantOnly, n.place+".Enabled", "tenant %s, which serves %s, is disabled", n.id, host)
	}
	if n := d.tenantOf(host); n != nil && n.group != "" {
		return trace.Refuse(TenantOnly, "Resources."+n.group+".Properties.Enabled", "connection group %s of tenant %s, which serves %s, is disabled", n.group, n.id, host)
	}
	switch {
	case d.AnswersTo(host):
		return nil
	case own && d.tenantOnly:
		return trace.Refuse(TenantOnly, d.place+".ConnectionMode", "the distribution has ConnectionMode tenant-only, so its own name serves nothing: viewers use its tenants' domains")
	case own && d.staging:
		return trace.Refuse(Staging, d.place+".Staging", "a staging distribution is reached through its primary distribution only")
	case d.moreAliases:
		t.Note(Alias, "%s is taken to be among the aliases that the template leaves open", host)
		return nil
	}
	return trace.Refuse(Alias, d.place+".Aliases", "the distribution does not serve the name %q", trace.Short(host))
}

// Aliases are the alternate domain names of the distribution, as far as they are known.
func (d *Distribution) Aliases() []string { return d.aliases }

// IsNamed says whether a name is the distribution's own.
func (d *Distribution) IsNamed(name string) bool {
	return strings.EqualFold(strings.TrimSuffix(name, "."), d.domainName())
}

// MayAnswerToMore says whether the distribution has names that are known only after the
// deploy.
func (d *Distribution) MayAnswerToMore() bool {
	for _, n := range d.tenants {
		if n.moreDomains {
			return true
		}
	}
	return d.moreAliases
}

// AnswersToAllOf says whether an alias is the wildcard name itself.
func (d *Distribution) AnswersToAllOf(name string) bool {
	name = strings.Replace(name, `\052`, "*", 1)
	for _, alias := range d.aliases {
		if strings.EqualFold(alias, name) {
			return true
		}
	}
	return false
}

// IPv6 says whether viewers reach the distribution by IPv6.
func (d *Distribution) IPv6() bool { return d.ipv6 }
