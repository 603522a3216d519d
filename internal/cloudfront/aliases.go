package cloudfront

import (
	"regexp"
	"slices"
	"strings"
)

var aliasForm = regexp.MustCompile(`^(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z0-9-]{2,63}\.?$`)

// maxAliases is how many aliases a distribution may have (CloudFront Developer Guide,
// "Quotas").
const maxAliases = 100

// aliases checks the names of a distribution.
func (c *checker) aliases(d *Distribution) {
	place := d.place + ".Aliases"
	if n := len(d.aliases); n > maxAliases {
		c.found.Add(AliasForm, place, "the distribution has %d aliases, at most %d are allowed", n, maxAliases)
	}
	seen := map[string]bool{}
	for _, alias := range d.aliases {
		if strings.Contains(alias, "{{") || strings.Contains(alias, "${") {
			continue
		}
		if !aliasForm.MatchString(alias) {
			c.found.Add(AliasForm, place, "%q is not a domain name", alias)
		}
		name := strings.ToLower(alias)
		if seen[name] {
			c.found.Add(AliasTwice, place, "the alias %s is there twice", alias)
		}
		seen[name] = true
	}
	if d.staging && len(d.aliases) > 0 {
		c.found.Add(Staging, place, "a staging distribution has no aliases of its own, and this has %s", strings.Join(d.aliases, ", "))
	}
}

// aliasesTwice finds an alias that two distributions have.
func (c *checker) aliasesTwice() {
	owner := map[string]*Distribution{}
	for _, d := range c.edge.distributions {
		for _, alias := range d.aliases {
			name := strings.ToLower(alias)
			if other := owner[name]; other != nil && other != d {
				c.found.Add(AliasTwice, d.place+".Aliases", "the alias %s is that of distribution %s as well", alias, other.ID)
			}
			owner[name] = d
		}
	}
}

// certificate checks the viewer certificate.
func (c *checker) certificate(d *Distribution) {
	place, cert := d.place+".ViewerCertificate", d.certificate
	none := cert.arn == "" && cert.iam == "" && cert.resource == "" && !cert.open
	names := strings.Join(d.aliases, ", ")
	switch {
	case len(d.aliases) == 0 || d.tenantOnly:
	case cert.isDefault && !cert.open:
		c.found.AddFixed(Certificate, place+".CloudFrontDefaultCertificate", "remove it, and set AcmCertificateArn to a certificate of us-east-1",
			"the default certificate is for *.cloudfront.net, and not for the aliases %s", names)
	case none:
		c.found.AddFixed(Certificate, place, "add a certificate that is in us-east-1", "Aliases (%s) need a certificate", names)
	}
	if region := arnRegion(cert.arn); cert.resource == "" && region != "" && region != "us-east-1" {
		c.found.AddFixed(Certificate, place+".AcmCertificateArn", "issue it in us-east-1", "the certificate is in %s, and CloudFront takes only those in us-east-1", region)
	}
	c.ownCertificate(d)
	if none {
		return
	}
	minimum := cert.minimum
	switch minimum {
	case "":
		if cert.open || cert.isDefault {
			return
		}
		minimum = "(none, which is TLSv1)"
	case "SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016":
	default:
		return
	}
	c.found.Add(ViewerTLS, place+".MinimumProtocolVersion", "the viewer security policy %s lets protocols before TLS 1.2 in", minimum)
}

// ownCertificate checks a certificate that the template itself defines.
func (c *checker) ownCertificate(d *Distribution) {
	t := c.edge.template
	r := t.Resource(d.certificate.resource)
	if r == nil || r.Type != "AWS::CertificateManager::Certificate" {
		return
	}
	place := d.place + ".ViewerCertificate.AcmCertificateArn"
	// Without a region nothing is known of where the stack is.
	if t.Region != "" && t.Region != "us-east-1" {
		c.found.AddFixed(Certificate, place, "define it in a stack in us-east-1", "certificate %s is in %s with its stack, and CloudFront takes only those in us-east-1", r.ID, t.Region)
	}
	p := t.Properties(r).Aside()
	names, open := p.Items("SubjectAlternativeNames")
	names = append(names, p.Text("DomainName"))
	if open || slices.Contains(names, "") {
		return
	}
	for _, alias := range d.aliases {
		if strings.Contains(alias, "${") || slices.ContainsFunc(names, func(name string) bool { return covers(name, alias) }) {
			continue
		}
		c.found.Add(CertificateNames, place, "certificate %s is for %s, and not for the alias %s", r.ID, strings.Join(names, ", "), alias)
	}
}

func arnRegion(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 6 || parts[0] != "arn" {
		return ""
	}
	return parts[3]
}

// servesAlias says whether the API behind a behavior answers to the name by which
// viewers come.
func (c *checker) servesAlias(d *Distribution, b *Behavior) bool {
	origins, _ := d.targets(b.target)
	owner, _ := c.edge.apis.Own(d.Host())
	return owner != nil && slices.ContainsFunc(origins, func(o *Origin) bool {
		a, _ := c.edge.apis.Own(o.domain)
		return a == owner
	})
}
