package lambda

import "strings"

// Split takes apart what names a function: name, name:qualifier, the ARN with or
// without a qualifier, or account:function:name. The qualifier is "" for none.
func Split(text string) (name, qualifier string) {
	if i := strings.Index(text, ":function:"); i >= 0 {
		text = text[i+len(":function:"):]
	} else if rest, ok := strings.CutPrefix(text, "function:"); ok {
		text = rest
	}
	name, qualifier, _ = strings.Cut(text, ":")
	return name, qualifier
}

// OfURI is the function in the URI of an integration or an authorizer:
// arn:aws:apigateway:region:lambda:path/2015-03-31/functions/ARN/invocations, or the
// function's ARN alone; "" for something else.
func OfURI(uri string) string {
	if _, rest, found := strings.Cut(uri, ":lambda:path/"); found {
		_, arn, found := strings.Cut(rest, "/functions/")
		if !found {
			return ""
		}
		arn, _, _ = strings.Cut(arn, "/invocations")
		return arn
	}
	if strings.HasPrefix(uri, "arn:") && strings.Contains(uri, ":lambda:") && strings.Contains(uri, ":function:") {
		return uri
	}
	return ""
}
