-- Counts the requests of each address within a trailing window and marks those beyond the limit.
-- Envoy has one worker here, so these counts are of all requests of a listener. They outlive a
-- change of the routes; a change of the rule begins anew, as on AWS.
local SLOTS = 30 -- AWS looks about every ten seconds, which is 30 times in its default window

local rates = {} -- by rule: slots (number -> address -> requests), totals (address -> requests)

local function begin(rule)
  local limit, milliseconds = rule:match(" (%d+) in ([%d.]+) ms$")
  local slot = tonumber(milliseconds) / SLOTS
  rates[rule] = { limit = tonumber(limit), slot = slot, slots = {}, totals = {} }
  return rates[rule]
end

local function forget(rate, last)
  for number, slot in pairs(rate.slots) do
    if number <= last then
      for address, requests in pairs(slot) do
        local left = rate.totals[address] - requests
        rate.totals[address] = left > 0 and left or nil
      end
      rate.slots[number] = nil
    end
  end
end

function envoy_on_request(handle)
  local rule = handle:filterContext():get("rule")
  local rate = rates[rule] or begin(rule)
  local number = math.floor(handle:timestamp() / rate.slot)
  local slot = rate.slots[number]
  if slot == nil then
    forget(rate, number - SLOTS)
    slot = {}
    rate.slots[number] = slot
  end
  local address = handle:streamInfo():downstreamDirectRemoteAddress():match("^(.*):")
  local total = (rate.totals[address] or 0) + 1
  slot[address] = (slot[address] or 0) + 1
  rate.totals[address] = total
  if total > rate.limit then
    handle:streamInfo():dynamicMetadata():set("evenkeel.firewall", "over", true)
  end
end
