// Package wire reads and writes the parts of an HTTP request as they stand on the
// wire: header names, query strings, cookies, URLs. It knows no service.
package wire
