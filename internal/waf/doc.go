// Package waf plays web ACLs on handshakes: the statements of AWS WAF that a template
// can write, and of the managed rule groups the rules that handshakes are known to meet.
package waf
