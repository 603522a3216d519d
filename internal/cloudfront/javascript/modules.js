// The globals and modules of the JavaScript runtimes at the edge, as the CloudFront
// Developer Guide lists them for CloudFront Functions, on what the engine has. native
// turns text into bytes and back; byteStrings is runtime 1.0.
(function (native, byteStrings) {
	'use strict';
	function bytes(text, encoding) {
		return new Uint8Array(native.encode(String(text), encoding === undefined ? 'utf8' : String(encoding)));
	}
	function text(view, encoding) {
		return native.decode(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength), encoding === undefined ? 'utf8' : String(encoding));
	}

	class Buffer extends Uint8Array {
		static from(value, second, third) {
			if (typeof value === 'string') {
				return Buffer.wrap(bytes(value, second));
			}
			if (value instanceof ArrayBuffer) {
				return new Buffer(value, second === undefined ? 0 : second, third);
			}
			if (value && value.type === 'Buffer' && Array.isArray(value.data)) {
				value = value.data;
			}
			if (value === null || value === undefined || typeof value !== 'object' || value.length === undefined) {
				throw new TypeError('first argument is not a string or Buffer-like object');
			}
			var out = new Buffer(value.length);
			for (var i = 0; i < value.length; i++) {
				out[i] = value[i];
			}
			return out;
		}
		static wrap(view) { return new Buffer(view.buffer, view.byteOffset, view.byteLength); }
		static alloc(size, fill, encoding) {
			native.room(size);
			var out = new Buffer(size);
			return fill === undefined ? out : out.fill(fill, encoding);
		}
		static allocUnsafe(size) { return Buffer.alloc(size); }
		static byteLength(value, encoding) { return typeof value === 'string' ? bytes(value, encoding).length : value.byteLength; }
		static compare(a, b) { return Buffer.from(a).compare(b); }
		static concat(list, total) {
			var all = [];
			for (var i = 0; i < list.length; i++) {
				for (var j = 0; j < list[i].length; j++) {
					all.push(list[i][j]);
				}
			}
			var out = Buffer.alloc(total === undefined ? all.length : total);
			for (var k = 0; k < all.length && k < out.length; k++) {
				out[k] = all[k];
			}
			return out;
		}
		static isBuffer(value) { return value instanceof Buffer; }
		static isEncoding(name) { return ['utf8', 'utf-8', 'hex', 'base64', 'base64url'].indexOf(String(name).toLowerCase()) >= 0; }

		toString(encoding, start, end) { return text(this.subarray(start === undefined ? 0 : start, end), encoding); }
		toJSON() { return { type: 'Buffer', data: Array.from(this) }; }
		equals(other) { return this.compare(other) === 0; }
		compare(other) {
			for (var i = 0; i < this.length && i < other.length; i++) {
				if (this[i] !== other[i]) {
					return this[i] < other[i] ? -1 : 1;
				}
			}
			return this.length === other.length ? 0 : this.length < other.length ? -1 : 1;
		}
		slice(start, end) { return Buffer.wrap(this.subarray(start, end)); }
		copy(target, targetStart, start, end) {
			var part = this.subarray(start === undefined ? 0 : start, end);
			var at = targetStart === undefined ? 0 : targetStart;
			var n = Math.min(part.length, target.length - at);
			for (var i = 0; i < n; i++) {
				target[at + i] = part[i];
			}
			return n;
		}
		fill(value, offset, end, encoding) {
			if (typeof offset === 'string') {
				encoding = offset;
				offset = undefined;
			}
			var with_ = typeof value === 'string' ? bytes(value, encoding) : typeof value === 'number' ? [value] : value;
			for (var i = offset || 0, k = 0; i < (end === undefined ? this.length : end); i++, k++) {
				this[i] = with_.length === 0 ? 0 : with_[k % with_.length];
			}
			return this;
		}
		find_(value, offset, encoding, last) {
			var what = typeof value === 'string' ? bytes(value, encoding) : typeof value === 'number' ? [value & 255] : value;
			var first = offset === undefined ? (last ? this.length : 0) : offset < 0 ? this.length + offset : offset;
			for (var i = last ? Math.min(first, this.length - what.length) : first; last ? i >= 0 : i + what.length <= this.length; i += last ? -1 : 1) {
				var k = 0;
				while (k < what.length && this[i + k] === what[k]) {
					k++;
				}
				if (k === what.length) {
					return i;
				}
			}
			return -1;
		}
		indexOf(value, offset, encoding) { return this.find_(value, offset, encoding, false); }
		lastIndexOf(value, offset, encoding) { return this.find_(value, offset, encoding, true); }
		includes(value, offset, encoding) { return this.indexOf(value, offset, encoding) >= 0; }
		write(value, offset, length, encoding) {
			if (typeof offset === 'string') {
				encoding = offset;
				offset = undefined;
			} else if (typeof length === 'string') {
				encoding = length;
				length = undefined;
			}
			var part = bytes(value, encoding);
			var n = Math.min(part.length, this.length - (offset || 0), length === undefined ? part.length : length);
			for (var i = 0; i < n; i++) {
				this[(offset || 0) + i] = part[i];
			}
			return n;
		}
		swap_(size) {
			if (this.length % size !== 0) {
				throw new RangeError('Buffer size must be a multiple of ' + size * 8 + '-bits');
			}
			for (var i = 0; i < this.length; i += size) {
				this.subarray(i, i + size).reverse();
			}
			return this;
		}
		swap16() { return this.swap_(2); }
		swap32() { return this.swap_(4); }
		swap64() { return this.swap_(8); }
		readUIntBE(offset, size) {
			var n = 0;
			for (var i = 0; i < size; i++) {
				n = n * 256 + this.at_(offset + i);
			}
			return n;
		}
		readUIntLE(offset, size) {
			var n = 0;
			for (var i = size - 1; i >= 0; i--) {
				n = n * 256 + this.at_(offset + i);
			}
			return n;
		}
		at_(i) {
			if (!(i >= 0 && i < this.length)) {
				throw new RangeError('index ' + i + ' is outside buffer bounds');
			}
			return this[i];
		}
		readIntBE(offset, size) { var n = this.readUIntBE(offset, size), top = Math.pow(2, 8 * size); return n >= top / 2 ? n - top : n; }
		readIntLE(offset, size) { var n = this.readUIntLE(offset, size), top = Math.pow(2, 8 * size); return n >= top / 2 ? n - top : n; }
		writeUIntBE(value, offset, size) {
			for (var i = size - 1; i >= 0; i--) {
				this.at_(offset + i);
				this[offset + i] = value & 255;
				value = Math.floor(value / 256);
			}
			return offset + size;
		}
		writeUIntLE(value, offset, size) {
			for (var i = 0; i < size; i++) {
				this.at_(offset + i);
				this[offset + i] = value & 255;
				value = Math.floor(value / 256);
			}
			return offset + size;
		}
		writeIntBE(value, offset, size) { return this.writeUIntBE(value, offset, size); }
		writeIntLE(value, offset, size) { return this.writeUIntLE(value, offset, size); }
	}
	['UInt', 'Int'].forEach(function (kind) {
		[8, 16, 32].forEach(function (bits) {
			(bits === 8 ? [''] : ['BE', 'LE']).forEach(function (order) {
				Buffer.prototype['read' + kind + bits + order] = function (offset) { return this['read' + kind + (order || 'BE')](offset || 0, bits / 8); };
				Buffer.prototype['write' + kind + bits + order] = function (value, offset) { return this['write' + kind + (order || 'BE')](value, offset || 0, bits / 8); };
			});
		});
	});
	[['Float', 'Float32', 4], ['Double', 'Float64', 8]].forEach(function (f) {
		[['BE', false], ['LE', true]].forEach(function (order) {
			Buffer.prototype['read' + f[0] + order[0]] = function (offset) {
				return new DataView(this.buffer, this.byteOffset, this.byteLength)['get' + f[1]](offset || 0, order[1]);
			};
			Buffer.prototype['write' + f[0] + order[0]] = function (value, offset) {
				new DataView(this.buffer, this.byteOffset, this.byteLength)['set' + f[1]](offset || 0, value, order[1]);
				return (offset || 0) + f[2];
			};
		});
	});

	// escape and unescape of the querystring module.
	function escape(value) { return encodeURIComponent(value); }
	function unescape(value) {
		try {
			return decodeURIComponent(value);
		} catch (e) {
			return value;
		}
	}
	function parse(query, separator, equals, options) {
		separator = separator || '&';
		equals = equals || '=';
		options = options || {};
		var decode = options.decodeURIComponent || querystring.unescape;
		var most = options.maxKeys === undefined ? 1000 : options.maxKeys;
		var out = {};
		var parts = String(query === undefined || query === null ? '' : query).split(separator);
		if (most > 0) {
			parts = parts.slice(0, most);
		}
		parts.forEach(function (part) {
			if (part === '') {
				return;
			}
			part = part.replace(/\+/g, ' ');
			var at = part.indexOf(equals);
			var name = decode(at < 0 ? part : part.substring(0, at)), value = at < 0 ? '' : decode(part.substring(at + equals.length));
			if (!Object.prototype.hasOwnProperty.call(out, name)) {
				Object.defineProperty(out, name, { value: value, writable: true, enumerable: true, configurable: true });
			} else if (Array.isArray(out[name])) {
				out[name].push(value);
			} else {
				out[name] = [out[name], value];
			}
		});
		return out;
	}
	function stringify(object, separator, equals, options) {
		var encode = options && options.encodeURIComponent || querystring.escape;
		var plain = function (v) { return typeof v === 'string' || typeof v === 'number' && isFinite(v) || typeof v === 'boolean' ? String(v) : ''; };
		var out = [];
		Object.keys(object || {}).forEach(function (name) {
			(Array.isArray(object[name]) ? object[name] : [object[name]]).forEach(function (value) {
				out.push(encode(name) + (equals || '=') + encode(plain(value)));
			});
		});
		return out.join(separator || '&');
	}
	var querystring = { parse: parse, decode: parse, stringify: stringify, encode: stringify, escape: escape, unescape: unescape };

	if (byteStrings) {
		// Byte strings: each character is one byte.
		var latin = function (view) { return Array.from(view, function (b) { return String.fromCharCode(b); }).join(''); };
		var codes = function (s) {
			var out = [];
			for (var i = 0; i < s.length; i++) {
				out.push(s.charCodeAt(i));
			}
			return out;
		};
		var narrow = function (s) { return codes(s).every(function (c) { return c < 256; }); };
		var bytesFrom = function (value, encoding) { return latin(typeof value === 'string' ? bytes(value, encoding) : value); };
		String.bytesFrom = bytesFrom;
		String.prototype.bytesFrom = bytesFrom;
		String.prototype.fromBytes = function (start, end) { return String(this).slice(start, end); };
		String.prototype.toBytes = function (start, end) { var s = String(this).slice(start, end); return narrow(s) ? s : null; };
		String.prototype.toUTF8 = function (start, end) { return latin(bytes(this)).slice(start, end); };
		String.prototype.fromUTF8 = function (start, end) {
			var s = String(this).slice(start, end);
			return narrow(s) ? text(new Uint8Array(codes(s))) : null;
		};
		return { querystring: querystring, bytes: latin };
	}

	globalThis.Buffer = Buffer;
	globalThis.btoa = function (value) {
		var s = String(value), view = new Uint8Array(s.length);
		for (var i = 0; i < s.length; i++) {
			if (s.charCodeAt(i) > 255) {
				throw new TypeError('invalid character (>= U+00FF)');
			}
			view[i] = s.charCodeAt(i);
		}
		return text(view, 'base64');
	};
	globalThis.atob = function (value) {
		var s = String(value).replace(/[\t\n\f\r ]/g, '');
		if (!/^[A-Za-z0-9+/]*={0,2}$/.test(s) || s.replace(/=+$/, '').length % 4 === 1) {
			throw new TypeError('the string to be decoded is not correctly encoded');
		}
		return Array.from(bytes(s, 'base64'), function (b) { return String.fromCharCode(b); }).join('');
	};
	globalThis.TextEncoder = class TextEncoder {
		get encoding() { return 'utf-8'; }
		encode(value) { return bytes(value === undefined ? '' : value); }
		encodeInto(value, target) {
			var read = 0, written = 0;
			for (var c of String(value)) {
				var one = bytes(c);
				if (written + one.length > target.length) {
					break;
				}
				target.set(one, written);
				written += one.length;
				read += c.length;
			}
			return { read: read, written: written };
		}
	};
	globalThis.TextDecoder = class TextDecoder {
		constructor(label, options) {
			if (label !== undefined && ['utf-8', 'utf8'].indexOf(String(label).toLowerCase()) < 0) {
				throw new RangeError('The "' + label + '" encoding is not supported');
			}
			this.fatal = Boolean(options && options.fatal);
			this.ignoreBOM = Boolean(options && options.ignoreBOM);
		}
		get encoding() { return 'utf-8'; }
		decode(value) {
			if (value === undefined) {
				return '';
			}
			var view = value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
			var out = text(view);
			if (this.fatal && out.indexOf('\ufffd') >= 0) {
				throw new TypeError('The encoded data was not valid');
			}
			return !this.ignoreBOM && out.charCodeAt(0) === 0xfeff ? out.slice(1) : out;
		}
	};
	return { querystring: querystring, buffer: { Buffer: Buffer }, bytes: function (view) { return Buffer.from(view); } };
})
