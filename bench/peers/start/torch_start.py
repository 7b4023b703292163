import torch
from torch import nn

model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 1))
optimizer = torch.optim.Adam(model.parameters())
loss = nn.functional.mse_loss(model(torch.tensor([[0.1, 0.2, 0.3]])), torch.tensor([[1.4]]))
loss.backward()
optimizer.step()
print("done")
