// Package originlock keeps clients from going around CloudFront: $connect of the
// WebSocket API asks for an API key that only the distribution sends.
//
// [Lock] is for an API of the same app. [Reference] is for an API that lives
// elsewhere, whose owner checks a header. Neither puts a secret into a template,
// an output or a log. See the examples of [New] and [Reference.Headers].
//
// The value can be read where AWS shows it: by who may read the secret, the
// distribution's configuration or the API keys of the account.
package originlock
