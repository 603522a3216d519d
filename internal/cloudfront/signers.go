package cloudfront

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// signers checks key groups and public keys.
func (c *checker) signers() {
	t := c.edge.template
	for _, d := range c.edge.distributions {
		groups := map[string]bool{}
		for _, b := range d.behaviors {
			for _, id := range b.signers.groups {
				groups[id] = true
				if r := t.Resource(id); r != nil && r.Type != "AWS::CloudFront::KeyGroup" {
					c.found.Add(KeyGroup, b.place+".TrustedKeyGroups", "%s is a resource of type %s, not a key group", id, r.Type)
				}
			}
		}
		if n := len(groups); n > 4 {
			c.found.AddFixed(KeyGroup, d.place, "trust fewer key groups", "the distribution trusts %d key groups, at most 4 are allowed", n)
		}
	}
	for _, r := range t.Of("AWS::CloudFront::KeyGroup") {
		p := t.Properties(r).Aside().Child("KeyGroupConfig")
		items, _ := p.Items("Items")
		if n := len(items); n > 5 {
			c.found.AddFixed(KeyGroup, p.Place+".Items", "list at most 5 keys", "key group %s has %d public keys, at most 5 are allowed", r.ID, n)
		}
		for _, id := range items {
			if key := t.Resource(id); key != nil && key.Type != "AWS::CloudFront::PublicKey" {
				c.found.Add(KeyGroup, p.Place+".Items", "%s is a resource of type %s, not a public key", id, key.Type)
			}
		}
	}
	for _, r := range t.Of("AWS::CloudFront::PublicKey") {
		p := t.Properties(r).Aside().Child("PublicKeyConfig")
		if key := p.Text("EncodedKey"); key != "" && !strings.Contains(key, "{{") && !strings.Contains(key, "${") {
			if err := checkPublicKey(key); err != nil {
				c.found.AddFixed(KeyGroup, p.Place+".EncodedKey", "give a public key of RSA 2048 or ECDSA 256 in PEM, with its line breaks", "public key %s %v", r.ID, err)
			}
		}
	}
}

func checkPublicKey(text string) error {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return errors.New("is not in PEM")
	}
	if block.Type != "PUBLIC KEY" {
		return fmt.Errorf("is a %s, not a PUBLIC KEY", strings.ToLower(block.Type))
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return errors.New("cannot be read")
	}
	switch key := key.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() != 2048 {
			return fmt.Errorf("is RSA of %d bits", key.N.BitLen())
		}
		return nil
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() {
			return fmt.Errorf("is ECDSA on the curve %s", key.Curve.Params().Name)
		}
		return nil
	}
	return errors.New("is neither RSA nor ECDSA")
}
