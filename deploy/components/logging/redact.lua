-- What must never be in a log, should a message hold it all the same: tokens, logins,
-- account numbers, addresses of mail. Names of fields are fine, values are not.
local patterns = {
    { "postgres://[^%s\"@]+@", "postgres://[redacted]@" },
    { "[Bb]earer%s+[%w%-%._~%+/]+=*", "Bearer [redacted]" },
    { "eyJ[%w%-_]+%.[%w%-_]+%.[%w%-_]*", "[redacted token]" },
    { "%f[%a]%u%u%d%d%s?%w%w%w%w[%w%s]*%d%d%d%d[%d%s]*", "[redacted account]" },
    { "[%w%.%%%+%-]+@[%w%-]+%.[%w%.%-]+", "[redacted mail]" },
}
-- Fields that no line of ours has.
local never = { authorization = true, cookie = true, password = true, body = true, iban = true,
    email = true, birth_date = true, name = true, database_url = true }

local function clean(value)
    if type(value) == "string" then
        local text = value
        for _, pattern in ipairs(patterns) do
            text = text:gsub(pattern[1], pattern[2])
        end
        return text
    end
    if type(value) == "table" then
        local copy = {}
        for key, inner in pairs(value) do
            if never[key] then
                copy[key] = "[redacted]"
            else
                copy[key] = clean(inner)
            end
        end
        return copy
    end
    return value
end

-- Fluent Bit's filter: 2 keeps the time and takes the record.
function redact(tag, timestamp, record)
    return 2, timestamp, clean(record)
end
