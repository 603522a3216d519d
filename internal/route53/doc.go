// Package route53 checks the DNS records of a template that lead to its distributions.
package route53
