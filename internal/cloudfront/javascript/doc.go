// Package javascript is what the JavaScript runtimes at the edge bring along beside
// the language: Buffer, text encodings, the modules crypto and querystring. CloudFront
// Functions and Lambda@Edge are run with it.
package javascript
